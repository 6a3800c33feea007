//! The words of our public alerts, one small table per language.
//!
//! In: what is coming and what is asked of people. Out: texts for CAP's `event`,
//! `headline`, `description` and `instruction`. Short, because they are read
//! aloud and on signs; what to do comes before why.
//!
//! Limits: the texts follow common civil-defence wording and were not tested on
//! an audience; a site should have a native speaker read them before use.

/// What is coming, as far as the public needs to know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hazard {
    /// A rocket.
    Rocket,
    /// A mortar round.
    Mortar,
    /// An artillery shell.
    Artillery,
    /// Pieces of something that was hit or broke up.
    Debris,
    /// Something that falls, of unknown kind.
    #[default]
    Unknown,
}

/// A language in which alerts are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// English.
    English,
    /// Modern standard Arabic.
    Arabic,
}

/// The texts of one language.
pub(super) struct Words {
    /// RFC 3066 tag.
    pub tag: &'static str,
    pub rocket: &'static str,
    pub mortar: &'static str,
    pub artillery: &'static str,
    pub debris: &'static str,
    pub unknown: &'static str,
    /// Said first when nothing is real.
    pub exercise: &'static str,
    /// Said last when nothing is real.
    pub exercise_note: &'static str,
    pub take_shelter: &'static str,
    pub all_clear: &'static str,
    pub false_alarm: &'static str,
    /// `{time}` and `{seconds}` are filled in.
    pub impact_expected: &'static str,
    pub impact_now: &'static str,
    pub danger_over: &'static str,
    pub was_an_error: &'static str,
    /// There is time to reach a shelter.
    pub go: &'static str,
    /// There is not.
    pub lie_down: &'static str,
    pub leave_shelter: &'static str,
}

const ENGLISH: Words = Words {
    tag: "en-US",
    rocket: "Incoming rocket",
    mortar: "Incoming mortar round",
    artillery: "Incoming artillery shell",
    debris: "Falling debris",
    unknown: "Incoming projectile",
    exercise: "EXERCISE",
    exercise_note: "This is an exercise. Nothing is coming.",
    take_shelter: "take shelter now",
    all_clear: "All clear",
    false_alarm: "False alarm",
    impact_expected: "Impact expected at {time} UTC, {seconds} seconds after this message.",
    impact_now: "Impact is expected at any moment.",
    danger_over: "The danger is over.",
    was_an_error: "The warning was an error. Nothing was coming.",
    go: "Go to the nearest shelter now. Stay there until the all-clear.",
    lie_down: "Do not run. Lie down where you are, behind cover if you can, \
               hands over your head. Stay down until the all-clear.",
    leave_shelter: "You may leave shelter. Do not touch debris: report it.",
};

const ARABIC: Words = Words {
    tag: "ar",
    rocket: "صاروخ قادم",
    mortar: "قذيفة هاون قادمة",
    artillery: "قذيفة مدفعية قادمة",
    debris: "حطام متساقط",
    unknown: "مقذوف قادم",
    exercise: "تمرين",
    exercise_note: "هذا تمرين. لا يوجد خطر.",
    take_shelter: "توجهوا إلى الملجأ فورًا",
    all_clear: "زوال الخطر",
    false_alarm: "إنذار كاذب",
    impact_expected: "السقوط متوقع الساعة {time} بالتوقيت العالمي، بعد {seconds} ثانية من إرسال هذه الرسالة.",
    impact_now: "السقوط متوقع في أي لحظة.",
    danger_over: "انتهى الخطر.",
    was_an_error: "صدر الإنذار بالخطأ. لم يكن هناك خطر.",
    go: "ادخلوا أقرب ملجأ الآن. ابقوا فيه حتى إعلان زوال الخطر.",
    lie_down: "لا تركضوا. انبطحوا في مكانكم خلف ساتر إن أمكن وضعوا أيديكم فوق رؤوسكم. \
               ابقوا منبطحين حتى إعلان زوال الخطر.",
    leave_shelter: "يمكنكم مغادرة الملجأ. لا تلمسوا الحطام بل أبلغوا عنه.",
};

impl Language {
    /// Every language.
    pub const ALL: &[Self] = &[Self::English, Self::Arabic];

    pub(super) fn words(self) -> &'static Words {
        match self {
            Self::English => &ENGLISH,
            Self::Arabic => &ARABIC,
        }
    }
}

impl Words {
    /// The event's name.
    pub fn event(&self, hazard: Hazard) -> &'static str {
        match hazard {
            Hazard::Rocket => self.rocket,
            Hazard::Mortar => self.mortar,
            Hazard::Artillery => self.artillery,
            Hazard::Debris => self.debris,
            Hazard::Unknown => self.unknown,
        }
    }
}
