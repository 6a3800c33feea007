//! What ends a command early, and with which exit code.

use std::process::ExitCode;

use mantlet::assessment::ReadError;
use mantlet::scenario::Problems;
use mantlet::sensors::InputError;

/// Why a command failed.
#[derive(Debug)]
pub enum Failure {
    /// The input is wrong: exit 2. One line per problem.
    Input(String),
    /// The work failed: exit 1.
    Work(anyhow::Error),
}

/// What commands return.
pub type Done<T = ()> = Result<T, Failure>;

impl Failure {
    /// Says it on standard error; the exit code.
    pub fn report(&self) -> ExitCode {
        match self {
            Self::Input(lines) => {
                for line in lines.lines() {
                    eprintln!("error: {line}");
                }
                ExitCode::from(2)
            }
            // A reader that has seen enough (`mantlet ... | head`) is no failure.
            Self::Work(e) if is_broken_pipe(e) => ExitCode::SUCCESS,
            Self::Work(e) => {
                eprintln!("error: {e:#}");
                ExitCode::from(1)
            }
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|e| e.downcast_ref::<std::io::Error>())
        .any(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
}

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Self {
        Self::Input(problems.to_string())
    }
}

impl From<InputError> for Failure {
    fn from(error: InputError) -> Self {
        Self::Input(error.to_string())
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        Self::Input(error.to_string())
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Work(error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Work(error.into())
    }
}
