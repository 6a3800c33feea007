//! Octets of any kind as a CAP alert: nothing panics, and what is accepted is written
//! as an alert that is accepted again and says the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mantlet::exchange::cap::read_alert;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(mut alert) = read_alert(text) {
        // 1.1 allowed times that 1.2 does not, and signatures are not written.
        if !text.contains("cap:1.1") {
            alert.is_signed = false;
            assert_eq!(read_alert(&alert.xml()), Ok(alert));
        }
    }
});
