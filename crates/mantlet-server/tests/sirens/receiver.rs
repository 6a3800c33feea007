//! A receiver of webhooks that can be told to fail.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// What the receiver does with a request.
#[derive(Clone, Copy, Debug)]
pub enum Answer {
    /// Answers with a status.
    Status(u16),
    /// Takes the request and closes without an answer.
    BreakOff,
    /// Takes the request and never answers.
    Stall,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Post {
    headers: Vec<(String, String)>,
    pub body: String,
}

impl Post {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v)
    }

    /// Checks the signature as a receiver does.
    pub fn is_signed_with(&self, secret: &str) -> bool {
        let header = self.header("mantlet-signature");
        let Some((time, hex)) = header.strip_prefix("t=").and_then(|h| h.split_once(",v1=")) else {
            return false;
        };
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length");
        mac.update(format!("{time}.{}", self.body).as_bytes());
        let byte = |i: usize| u8::from_str_radix(hex.get(i..i + 2).unwrap_or("zz"), 16).ok();
        let sent: Option<Vec<u8>> = (0..hex.len()).step_by(2).map(byte).collect();
        sent.is_some_and(|sent| mac.verify_slice(&sent).is_ok())
    }
}

type Shared = Arc<Mutex<(VecDeque<Answer>, Vec<Post>, Vec<TcpStream>)>>;

/// Listens until the test ends.
pub struct Receiver {
    address: String,
    shared: Shared,
}

impl Receiver {
    /// Answers in this order, then with 204.
    pub fn start(answers: &[Answer]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("bound").to_string();
        let shared: Shared =
            Arc::new(Mutex::new((answers.iter().copied().collect(), Vec::new(), Vec::new())));
        let inner = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, inner) = (stream.expect("a connection"), Arc::clone(&inner));
                std::thread::spawn(move || serve(stream, &inner));
            }
        });
        Self { address, shared }
    }

    pub fn url(&self) -> String {
        format!("http://{}/warn", self.address)
    }

    pub fn posts(&self) -> Vec<Post> {
        self.shared.lock().expect("whole").1.clone()
    }
}

fn serve(stream: TcpStream, shared: &Shared) {
    let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
    let mut stream = stream;
    while let Some(post) = read(&mut reader) {
        let answer = {
            let mut shared = shared.lock().expect("whole");
            shared.1.push(post);
            shared.0.pop_front().unwrap_or(Answer::Status(204))
        };
        match answer {
            Answer::Status(status) => {
                let text = format!("HTTP/1.1 {status} So\r\nContent-Length: 0\r\n\r\n");
                if stream.write_all(text.as_bytes()).is_err() {
                    return;
                }
            }
            Answer::BreakOff => return,
            Answer::Stall => {
                shared.lock().expect("whole").2.push(stream.try_clone().expect("a stream"));
                return;
            }
        }
    }
}

fn read(reader: &mut impl BufRead) -> Option<Post> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|n| *n > 0)?;
    assert!(line.starts_with("POST /warn HTTP/1.1"), "{line}");
    let mut headers = Vec::new();
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(n, _)| n == "content-length")?.1.parse().ok()?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Post { headers, body: String::from_utf8(body).expect("UTF-8") })
}
