//! Questions on the terminal, for what the flags of `mantlet ledger add` leave out.

use std::io::{BufRead, Write};

use mantlet::ledger::{Day, Kind, Range, Setting};

use super::{kind, range, setting};
use crate::failure::{Done, Failure};

/// What is asked for, filled in as far as it is known.
#[derive(Debug, Default, PartialEq)]
pub struct Asked {
    /// The day; must be known.
    pub date: Option<Day>,
    /// The kind; must be known.
    pub kind: Option<Kind>,
    /// Who says so; must be known.
    pub source: Option<String>,
    /// Where, seen from the site.
    pub setting: Option<Setting>,
    /// Rounds or devices.
    pub count: Option<Range>,
    /// Killed.
    pub killed: Option<Range>,
    /// Injured.
    pub injured: Option<Range>,
    /// Remarks.
    pub note: Option<String>,
}

/// Asks for each in turn, again where the answer cannot be read; an empty answer
/// leaves out what need not be known.
///
/// # Errors
///
/// When the answers end before what must be known is known.
pub fn ask(asked: &mut Asked, answers: &mut impl BufRead, out: &mut impl Write) -> Done {
    let mut desk = Desk { answers, out };
    let text = |text: &str| Ok(text.to_string());
    let day = |text: &str| text.parse::<Day>().map_err(|e| e.to_string());
    desk.fill(&mut asked.date, "date (YYYY-MM-DD)", true, day)?;
    desk.fill(&mut asked.kind, "kind (rocket, mortar, drone, roadside_bomb, ...)", true, kind)?;
    desk.fill(&mut asked.source, "who says so", true, text)?;
    desk.fill(&mut asked.setting, "where (in, beside, outside the site)", false, setting)?;
    desk.fill(&mut asked.count, "how many rounds (2, 2-3)", false, range)?;
    desk.fill(&mut asked.killed, "killed", false, range)?;
    desk.fill(&mut asked.injured, "injured", false, range)?;
    desk.fill(&mut asked.note, "remarks", false, text)
}

struct Desk<'d, R, W> {
    answers: &'d mut R,
    out: &'d mut W,
}

impl<R: BufRead, W: Write> Desk<'_, R, W> {
    fn fill<T>(
        &mut self,
        slot: &mut Option<T>,
        question: &str,
        needed: bool,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Done {
        while slot.is_none() {
            write!(self.out, "{question}{}: ", if needed { "" } else { ", or nothing" })?;
            self.out.flush()?;
            let mut line = String::new();
            if self.answers.read_line(&mut line)? == 0 {
                if needed {
                    return Err(Failure::Input(format!("{question}: no answer: nothing entered")));
                }
                return Ok(());
            }
            match (line.trim(), needed) {
                ("", false) => return Ok(()),
                ("", true) => writeln!(self.out, "  this must be known")?,
                (answer, _) => match read(answer) {
                    Ok(value) => *slot = Some(value),
                    Err(why) => writeln!(self.out, "  {answer}: {why}")?,
                },
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(answers: &str) -> (Done<Asked>, String) {
        let (mut asked, mut out) = (Asked::default(), Vec::new());
        let done = ask(&mut asked, &mut answers.as_bytes(), &mut out).map(|()| asked);
        (done, String::from_utf8(out).unwrap())
    }

    #[test]
    fn a_wrong_answer_is_asked_again_and_an_empty_one_is_not_said() {
        let (done, out) = answered("22.2.2021\n2021-02-22\nrocket\npolice\nin\n2-3\n\n1\n\n");
        let asked = done.unwrap();
        assert_eq!(asked.date, Some("2021-02-22".parse().unwrap()));
        assert_eq!(asked.count, Some(Range { low: 2, best: None, high: 3 }));
        assert_eq!((asked.killed, asked.injured), (None, Some(Range::exactly(1))));
        assert!(out.contains("22.2.2021: expected a day as YYYY-MM-DD"), "{out}");
    }

    #[test]
    fn answers_that_end_too_early_enter_nothing() {
        let (done, _) = answered("2021-02-22\n");
        assert!(matches!(done, Err(Failure::Input(text)) if text.contains("kind")));
    }
}
