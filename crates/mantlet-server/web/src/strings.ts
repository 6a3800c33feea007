// Every word on the page, in English and in Arabic. `{n}` and the like are filled in;
// numbers come before words that would change with them, or stand apart from them.

export type Language = 'en' | 'ar';

export const STRINGS = {
  exercise: ['EXERCISE', 'تمرين'],
  'exercise.all': ['EXERCISE – everything shown is simulated', 'تمرين – كل ما يُعرض محاكاة'],
  'title.quiet': ['Mantlet', 'مانتلت'],
  'title.warned': ['{n} – take shelter', '{n} – إلى الملاجئ'],
  'skip': ['Skip to the zones', 'انتقل إلى المناطق'],
  utc: ['UTC', 'UTC'],
  seconds: ['{n} s', '{n} ث'],
  km: ['{n} km', '{n} كم'],
  metres: ['{n} m', '{n} م'],
  mps: ['{n} m/s', '{n} م/ث'],
  percent: ['{n} %', '{n} ٪'],
  close: ['Close', 'إغلاق'],
  cancel: ['Back', 'رجوع'],
  none: ['None', 'لا شيء'],
  failed: ['That did not work: {why}', 'لم ينجح ذلك: {why}'],
  'failed.network': ['the server does not answer', 'الخادم لا يستجيب'],

  'nav.label': ['Views', 'العروض'],
  'nav.live': ['Live', 'مباشر'],
  'nav.review': ['Raids', 'الهجمات'],
  'nav.ledger': ['Ledger', 'السجل'],
  'nav.admin': ['Administration', 'الإدارة'],

  'link.connecting': ['Connecting', 'جارٍ الاتصال'],
  'link.live': ['Live', 'متصل'],
  'link.lost': ['Cut off', 'انقطع الاتصال'],
  'link.login': ['Sign-in needed', 'يلزم تسجيل الدخول'],
  'lost.title': ['CONNECTION LOST', 'انقطع الاتصال'],
  'lost.text': [
    'What you see is {n} s old. There may be warnings that you do not see. Trying again.',
    'ما تراه عمره {n} ث. قد توجد إنذارات لا تراها. تُعاد المحاولة.',
  ],
  'stale.title': ['NO NEW DATA', 'لا بيانات جديدة'],
  'stale.text': ['The last scan is {n} s old. Look at the sensors.', 'آخر مسح عمره {n} ث. تحقق من المستشعرات.'],
  'blind.title': ['NO RADAR IS HEARD', 'لا يُسمع أي رادار'],
  'blind.text': ['Nothing new is seen and nobody is warned of it.', 'لا يُرى شيء جديد ولا يُنذَر به أحد.'],
  'clock.title': ['CLOCK JUMPED', 'قفزت الساعة'],
  'clock.text': ['Data time made a jump; seconds left may be wrong.', 'قفز زمن البيانات؛ قد تكون الثواني المتبقية خاطئة.'],
  'past.title': ['PAST', 'ماضٍ'],
  'past.text': ['You look at {time} UTC, {n} ago. This is not live.', 'تنظر إلى {time} UTC، قبل {n}. هذا ليس مباشرًا.'],
  'past.back': ['Back to live', 'العودة إلى المباشر'],
  'waiting.text': ['Waiting for the first picture', 'في انتظار الصورة الأولى'],

  'zones.title': ['Zones', 'المناطق'],
  'zones.quiet': ['No warning in force', 'لا إنذار ساريًا'],
  'zones.unknown': ['Not known whether there is a warning', 'لا يُعرف هل يوجد إنذار'],
  'zones.warned': ['Take shelter', 'إلى الملاجئ'],
  'zones.count': ['zones warned: {n} of {all}', 'مناطق أُنذرت: {n} من {all}'],
  'zones.first': ['first impact', 'أول سقوط'],
  'zones.ackAll': ['Acknowledge all', 'إقرار الكل'],
  'state.unknown': ['Not known', 'غير معروف'],
  'state.quiet': ['Quiet', 'هادئ'],
  'state.warned': ['Take shelter', 'إلى الملجأ'],
  'state.short': ['Too short: lie down', 'الوقت لا يكفي: انبطحوا'],
  'state.hold': ['Stay in shelter', 'ابقوا في الملجأ'],
  'state.clear': ['All clear', 'زال الخطر'],
  'zone.left': ['seconds left', 'ثانية متبقية'],
  'zone.needed': ['needed', 'مطلوبة'],
  'zone.spare': ['{n} s to spare', 'فائض {n} ث'],
  'zone.lacking': ['{n} s short', 'ينقص {n} ث'],
  'zone.impactAgo': ['impact {n} s ago', 'السقوط قبل {n} ث'],
  'zone.needs': ['needs {n} s', 'يلزم {n} ث'],
  'zone.people': ['people: {n}', 'الأشخاص: {n}'],
  'zone.chance': ['chance {n}', 'الاحتمال {n}'],
  'zone.clearedAt': ['all clear {time}', 'زال الخطر {time}'],
  'zone.bar': ['{given} s given, {needed} s needed', 'أُعطيت {given} ث، ومطلوب {needed} ث'],

  'warning.acknowledge': ['Acknowledge', 'إقرار'],
  'warning.acknowledged': ['Acknowledged by {name}', 'أقرّ به {name}'],
  'warning.cancel': ['Cancel warning', 'إلغاء الإنذار'],
  'warning.cancelTitle': ['Cancel the warning for {zone}?', 'إلغاء إنذار {zone}؟'],
  'warning.cancelText': [
    'People there are told that it is over. Your name and reason go into the audit log.',
    'سيُبلَّغ الناس هناك بانتهاء الخطر. يُدوَّن اسمك والسبب في سجل التدقيق.',
  ],
  'warning.reason': ['Reason', 'السبب'],
  'warning.signIn': ['Sign in to acknowledge', 'سجّل الدخول للإقرار'],
  'warning.new': ['Warning: {zone}, {left} seconds left, {needed} needed', 'إنذار: {zone}، بقيت {left} ثانية، ومطلوب {needed}'],
  'warning.over': ['All clear: {zone}', 'زال الخطر: {zone}'],

  'map.label': ['Map of the site', 'خريطة الموقع'],
  'map.help': [
    'Arrow keys move the map, plus and minus zoom. Tracks are listed in the table beside it.',
    'مفاتيح الأسهم تحرّك الخريطة، وزائد وناقص للتكبير. الأهداف مدرجة في الجدول المجاور.',
  ],
  'map.in': ['Zoom in', 'تكبير'],
  'map.out': ['Zoom out', 'تصغير'],
  'map.follow': ['Keep all in view', 'إبقاء الكل ظاهرًا'],
  'map.coverage': ['Show what the radars cover', 'إظهار تغطية الرادارات'],

  'kind.rocket': ['rocket', 'صاروخ'],
  'kind.mortar': ['mortar', 'هاون'],
  'kind.artillery': ['shell', 'قذيفة مدفعية'],
  'kind.aircraft': ['aircraft', 'طائرة'],
  'kind.drone': ['drone', 'مسيّرة'],
  'kind.bird': ['bird', 'طائر'],
  'kind.tracer': ['tracer', 'خطّاطة'],
  'kind.missile': ['missile', 'صاروخ موجّه'],
  'kind.indirect_fire': ['indirect fire', 'نيران غير مباشرة'],
  'kind.roadside_bomb': ['roadside bomb', 'عبوة على الطريق'],
  'kind.unknown': ['unknown', 'مجهول'],
  'status.coasting': ['coasting', 'بلا رصد'],

  'tracks.title': ['Tracks', 'الأهداف'],
  'tracks.id': ['No.', 'رقم'],
  'tracks.kind': ['Kind', 'النوع'],
  'tracks.height': ['Height', 'الارتفاع'],
  'tracks.speed': ['Speed', 'السرعة'],
  'tracks.impact': ['Impact', 'السقوط'],
  'tracks.others': ['birds and tracer not listed: {n}', 'طيور وخطّاطات غير مدرجة: {n}'],
  'tracks.none': ['Nothing in the sky', 'لا شيء في السماء'],
  'tracks.show': ['Show track {id} on the map', 'أظهر الهدف {id} على الخريطة'],

  'sensors.title': ['Sensors', 'المستشعرات'],
  'sensor.ok': ['working', 'يعمل'],
  'sensor.silent': ['SILENT', 'صامت'],
  'sensor.babbling': ['BABBLING', 'ضجيج مفرط'],
  'sensor.late': ['LATE', 'متأخر'],
  'sensor.last': ['last scan {n} s ago', 'آخر مسح قبل {n} ث'],
  'sensor.never': ['no scan yet', 'لا مسح بعد'],
  'sensor.plots': ['{n} plots a scan', '{n} رصدة في المسح'],
  'sensor.rejected': ['{n} rejected', '{n} مرفوضة'],

  'sirens.title': ['Sirens', 'صافرات الإنذار'],
  'siren.confirmed': ['confirmed', 'مؤكدة'],
  'siren.pending': ['waiting', 'قيد الانتظار'],
  'siren.unconfirmed': ['NOT CONFIRMED', 'غير مؤكدة'],
  'siren.down': ['DOWN', 'معطلة'],
  'siren.idle': ['ready', 'جاهزة'],
  'sirens.none': ['No siren is connected', 'لا صافرة متصلة'],

  'faults.title': ['Faults', 'الأعطال'],
  'faults.count': ['faults: {n}', 'أعطال: {n}'],
  'faults.none': ['No faults', 'لا أعطال'],
  'fault.store': ['Warnings cannot be stored', 'تعذّر حفظ الإنذارات'],
  'fault.recording': ['Plots are not recorded', 'لا تُسجَّل الرصدات'],
  'fault.clock_jump': ['The clock jumped', 'قفزت الساعة'],
  'fault.overload': ['Too many plots', 'رصدات أكثر من اللازم'],
  'fault.source_refused': ['Unknown sender', 'مرسل غير معروف'],
  'fault.garbage': ['Garbage on the feed', 'بيانات تالفة في التغذية'],
  'fault.duplicates': ['Plots come twice', 'رصدات مكررة'],
  'fault.sensor_silent': ['Radar silent: {id}', 'رادار صامت: {id}'],
  'fault.sensor_babbling': ['Radar babbling: {id}', 'ضجيج مفرط من الرادار: {id}'],
  'fault.sensor_late': ['Radar clock off: {id}', 'ساعة الرادار غير مضبوطة: {id}'],
  'fault.siren': ['Siren: {id}', 'صافرة: {id}'],
  'fault.ledger': ['The last raid is not in the ledger', 'الهجوم الأخير ليس في السجل'],
  'fault.history': ['The last hour is not kept', 'الساعة الأخيرة لا تُحفظ'],
  'says.store': ['They are sent all the same, and would be forgotten in a crash', 'تُرسل رغم ذلك، وقد تضيع إن توقف الخادم'],
  'says.recording': ['Warnings do not suffer', 'الإنذارات لا تتأثر'],
  'says.clock_jump': ['The clock of this machine was stepped; a step back is followed only by a new start', 'غُيّرت ساعة هذا الجهاز؛ لا يُتّبع التأخير إلا بعد إعادة التشغيل'],
  'says.overload': ['The oldest datagrams are dropped: tracks may be lost, no warning is', 'تُسقط أقدم الحزم: قد تضيع مسارات، ولا يضيع إنذار'],
  'says.source_refused': ['Somebody who is not on the list sends to the feed; it is left out', 'مرسل ليس في القائمة يرسل إلى التغذية؛ لا يُؤخذ به'],
  'says.garbage': ['It is no ASTERIX and left out', 'ليست بصيغة ASTERIX ولا يُؤخذ بها'],
  'says.duplicates': ['The feed is sent on two lines; copies are left out', 'التغذية تصل عبر خطين؛ لا يُؤخذ بالنسخ'],
  'says.sensor_silent': ['Warnings rest on the other radars', 'الإنذارات تعتمد على الرادارات الأخرى'],
  'says.sensor_silent_last': ['No radar is left: NOTHING IS WARNED OF', 'لم يبق أي رادار: لا إنذار من أي شيء'],
  'says.sensor_babbling': ['Expect false tracks and lost plots', 'توقّع مسارات كاذبة ورصدات ضائعة'],
  'says.sensor_late': ['Its clock is off, or the link delays its plots', 'ساعته غير مضبوطة، أو الخط يؤخّر رصداته'],
  'says.siren_down': ['It cannot be reached: people who rely on it may not be warned', 'لا يمكن الوصول إليها: من يعتمد عليها قد لا يُنذر'],
  'says.siren_unconfirmed': ['It has not confirmed: people who rely on it may not be warned', 'لم تؤكد: من يعتمد عليها قد لا يُنذر'],
  'says.ledger': ['The file refused it', 'رفضه الملف'],
  'says.history': ['No scrubbing back', 'لا عودة في الزمن'],
  'refused.log_in_first': ['sign in first', 'سجّل الدخول أولًا'],
  'refused.wrong_password': ['wrong name or password', 'الاسم أو كلمة السر خطأ'],
  'refused.no_role': ['your role does not allow it', 'صلاحيتك لا تسمح بذلك'],
  'refused.not_this_page': ['the request does not come from this page', 'الطلب ليس من هذه الصفحة'],
  'refused.not_the_secret': ['this set-up link is not valid, or was used already', 'رابط الإعداد هذا غير صالح، أو سبق استعماله'],
  'refused.password_short': ['the password is too short', 'كلمة السر قصيرة'],
  'refused.name_wrong': ['the name will not do', 'الاسم غير مقبول'],
  'refused.name_taken': ['the name is taken', 'الاسم مستعمل'],
  'refused.last_admin': ['the last administrator stays', 'المدير الأخير لا يُحذف'],
  'refused.missing': ['it is not there', 'غير موجود'],
  'refused.not_in_force': ['the warning is no longer in force', 'الإنذار لم يعد ساريًا'],
  'refused.not_ours': ['the site that gave the warning ends it', 'ينهيه الموقع الذي أصدر الإنذار'],
  'refused.not_kept': ['it is done, but could not be stored', 'تم، لكن تعذّر حفظه'],
  'refused.wrong': ['the request is wrong', 'الطلب غير صحيح'],
  'refused.too_many': ['too many wrong passwords: try again in {n} s', 'محاولات خاطئة كثيرة: حاول بعد {n} ث'],
  'refused.broken': ['the server could not do it', 'تعذّر على الخادم ذلك'],
  'faults.since': ['since {time}', 'منذ {time}'],
  'counter.plots': ['plots', 'رصدات'],
  'counter.dropped_datagrams': ['dropped datagrams', 'حزم أُسقطت'],
  'counter.refused_datagrams': ['refused', 'مرفوضة'],
  'counter.bad_datagrams': ['bad datagrams', 'حزم تالفة'],
  'counter.duplicates': ['duplicates', 'مكررات'],
  'counter.late_plots': ['late', 'متأخرة'],

  'sound.on': ['Sound on', 'الصوت مشغّل'],
  'sound.muted': ['Sound muted', 'الصوت مكتوم'],
  'sound.blocked': ['Sound off: press to allow', 'الصوت متوقف: اضغط للسماح'],
  'sound.why': [
    'Browsers play no sound before you press something on the page.',
    'لا تشغّل المتصفحات صوتًا قبل أن تضغط شيئًا في الصفحة.',
  ],
  'sound.test': ['Test the alarm', 'اختبار الإنذار'],
  'sound.mute': ['Mute', 'كتم'],
  'sound.unmute': ['Unmute', 'إلغاء الكتم'],

  'theme.label': ['Light or dark', 'فاتح أو داكن'],
  'language.label': ['Language', 'اللغة'],

  'user.signIn': ['Sign in', 'تسجيل الدخول'],
  'user.signOut': ['Sign out', 'تسجيل الخروج'],
  'user.name': ['Name', 'الاسم'],
  'user.password': ['Password', 'كلمة المرور'],
  'user.passwordHint': ['12 characters or more', '12 حرفًا أو أكثر'],
  'user.role': ['Role', 'الدور'],
  'role.viewer': ['viewer', 'مشاهد'],
  'role.operator': ['operator', 'مشغّل'],
  'role.admin': ['administrator', 'مدير'],
  'login.needed': ['This page shows nothing without a sign-in.', 'لا تعرض هذه الصفحة شيئًا دون تسجيل الدخول.'],
  'setup.title': ['First set-up', 'الإعداد الأول'],
  'setup.text': [
    'Name the first administrator. The link in the server’s log works once.',
    'سمِّ المدير الأول. الرابط في سجل الخادم يعمل مرة واحدة.',
  ],
  'setup.needed': [
    'No user exists yet: open the set-up link that the server printed when it started.',
    'لا يوجد مستخدم بعد: افتح رابط الإعداد الذي طبعه الخادم عند بدء التشغيل.',
  ],
  'setup.do': ['Create', 'إنشاء'],

  'time.title': ['Last hour', 'الساعة الأخيرة'],
  'time.slider': ['Go back in time', 'العودة في الزمن'],
  'time.play': ['Play', 'تشغيل'],
  'time.pause': ['Pause', 'إيقاف مؤقت'],
  'time.back': ['10 s back', '10 ث إلى الوراء'],
  'time.forward': ['10 s forward', '10 ث إلى الأمام'],
  'time.live': ['Live', 'مباشر'],
  'time.threats': ['rounds in the air', 'قذائف في الجو'],
  'time.warnings': ['zones warned', 'مناطق أُنذرت'],
  'time.none': ['The server has no picture of that time', 'لا صورة لدى الخادم لذلك الوقت'],

  'review.title': ['Raids and warnings', 'الهجمات والإنذارات'],
  'review.text': [
    'Warnings that began within a minute of each other are one raid. Open one to see it again on the map.',
    'الإنذارات التي يفصل بينها أقل من دقيقة هجوم واحد. افتح واحدًا لتراه ثانية على الخريطة.',
  ],
  'review.none': ['No warning has been issued', 'لم يصدر أي إنذار'],
  'review.jump': ['Watch again', 'شاهد ثانية'],
  'review.old': ['older than the hour that is kept', 'أقدم من الساعة المحفوظة'],
  'review.raid': ['{time} UTC', '{time} UTC'],
  'review.summary': ['zones: {zones} · rounds: {rounds} · least time: {spare}', 'المناطق: {zones} · القذائف: {rounds} · أقل وقت: {spare}'],
  'review.zone': ['Zone', 'المنطقة'],
  'review.since': ['Warned', 'الإنذار'],
  'review.cleared': ['Cleared', 'الإزالة'],
  'review.given': ['Given', 'أُعطيت'],
  'review.needed': ['Needed', 'مطلوبة'],
  'review.spare': ['To spare', 'الفائض'],
  'review.chance': ['Chance', 'الاحتمال'],
  'review.by': ['By', 'بواسطة'],
  'review.inForce': ['in force', 'سارٍ'],
  'review.cancelled': ['cancelled by {name}: {reason}', 'ألغاه {name}: {reason}'],

  'ledger.title': ['Ledger', 'السجل'],
  'ledger.absent': ['This server keeps no ledger.', 'لا يحتفظ هذا الخادم بسجل.'],
  'ledger.incidents': ['Incidents', 'الحوادث'],
  'ledger.timeline': ['Incidents over time', 'الحوادث عبر الزمن'],
  'ledger.cumulative': ['Sum since the start', 'المجموع منذ البداية'],
  'ledger.calendar': ['By day', 'حسب اليوم'],
  'ledger.map': ['Where', 'المكان'],
  'ledger.day': ['Day', 'اليوم'],
  'ledger.place': ['Place', 'المكان'],
  'ledger.count': ['Rounds', 'القذائف'],
  'ledger.sources': ['Sources', 'المصادر'],
  'ledger.killed': ['Killed', 'القتلى'],
  'ledger.injured': ['Injured', 'الجرحى'],
  'ledger.conflict': ['they disagree', 'متعارضة'],
  'lull.title': ['Lull', 'هدوء'],
  'lull.text': ['Has it become quieter, since when, and how sure is that?', 'هل ساد الهدوء، ومنذ متى، وما مدى اليقين؟'],
  'lull.since': ['Quieter since (empty: find the day)', 'هدوء منذ (فارغ: ابحث عن اليوم)'],
  'lull.ask': ['Ask', 'اسأل'],
  'lull.not': ['This does not show', 'هذا لا يُظهر'],
  'lull.before': ['Before', 'قبل'],
  'lull.after': ['Since', 'منذ ذلك'],
  'lull.per30': ['{n} in 30 days', '{n} في 30 يومًا'],
  'lull.ratio': ['Ratio', 'النسبة'],
  'lull.interval': ['95 % interval', 'مجال 95 ٪'],
  'lull.chance': ['Chance of so few', 'احتمال هذه القلة'],
  'lull.kind': ['Kind', 'النوع'],
  'lull.anyKind': ['any', 'أي نوع'],

  'admin.users': ['Users', 'المستخدمون'],
  'admin.tokens': ['API tokens', 'رموز الواجهة'],
  'admin.audit': ['Audit', 'التدقيق'],
  'admin.add': ['Add', 'إضافة'],
  'admin.remove': ['Remove', 'حذف'],
  'admin.removeWhich': ['Remove {name}', 'حذف {name}'],
  'admin.sure': ['Remove {name}? This cannot be undone.', 'حذف {name}؟ لا يمكن التراجع.'],
  'admin.made': ['Made', 'أُنشئ'],
  'admin.token': ['Copy this token now; it is not shown again:', 'انسخ هذا الرمز الآن؛ لن يُعرض ثانية:'],
  'audit.time': ['Time', 'الوقت'],
  'audit.user': ['User', 'المستخدم'],
  'audit.action': ['Action', 'الإجراء'],
  'audit.subject': ['Subject', 'الموضوع'],

  'foot.text': ['A research system; not certified to warn people.', 'نظام بحثي؛ غير معتمد لإنذار الناس.'],
} as const satisfies Record<string, readonly [en: string, ar: string]>;

export type Key = keyof typeof STRINGS;

let language: Language = 'en';

export function setLanguage(to: Language): void {
  language = to;
}

export function currentLanguage(): Language {
  return language;
}

export function has(key: string): key is Key {
  return Object.hasOwn(STRINGS, key);
}

/** The words of a key, with its gaps filled. */
export function t(key: Key, gaps: Record<string, string | number> = {}): string {
  const words: string = STRINGS[key][language === 'ar' ? 1 : 0];
  return words.replace(/\{(\w+)\}/g, (whole, name: string) => String(gaps[name] ?? whole));
}

/** The words of a key that the server made up, or what it said itself. */
export function tOr(key: string, otherwise: string): string {
  return has(key) ? t(key) : otherwise;
}

/** A probability in per cent; what is not quite nothing is not called nothing. */
export function percent(probability: number): string {
  const whole = Math.round(100 * probability);
  return t('percent', { n: whole === 0 && probability > 0 ? '\u2066<1\u2069' : whole });
}

/** A whole number with its thousands set apart; digits are Latin in both languages. */
export function number(n: number): string {
  return new Intl.NumberFormat(language === 'ar' ? 'ar-u-nu-latn' : 'en', { maximumFractionDigits: 0 }).format(n);
}
