//! What waits for the writer: datagrams, of which the oldest give way, and orders, which
//! never do.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mantlet::time::Timestamp;

/// Datagrams that may wait, and the bytes that they may take. Chosen: seconds of a radar that
/// babbles ten times over (1,000 objects, 32 plots a datagram of a kilobyte); garbage comes in
/// datagrams of up to 64 KiB.
const WAITING_MAX: usize = 4096;
const WAITING_BYTES: usize = 4 << 20;

/// A datagram as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Datagram {
    /// When.
    pub arrival: Timestamp,
    /// From where.
    pub from: std::net::SocketAddr,
    /// To which port.
    pub port: u16,
    /// What it carries.
    pub payload: Vec<u8>,
}

/// What the writer takes next.
#[derive(Debug)]
pub enum Input<O> {
    /// Something of a feed.
    Datagram(Datagram),
    /// An order: of an operator, of the demo.
    Order(O),
    /// Nothing came in time.
    Quiet,
    /// Nothing will come any more.
    Closed,
}

#[derive(Debug)]
struct State<O> {
    datagrams: VecDeque<Datagram>,
    /// Bytes that the datagrams carry.
    bytes: usize,
    orders: VecDeque<O>,
    dropped: u64,
    refused: u64,
    closed: bool,
}

impl<O> State<O> {
    fn pop(&mut self) -> Option<Datagram> {
        let oldest = self.datagrams.pop_front()?;
        self.bytes -= oldest.payload.len();
        Some(oldest)
    }
}

/// The queue before the writer.
#[derive(Debug)]
pub struct Queue<O> {
    state: Mutex<State<O>>,
    ready: Condvar,
}

impl<O> Default for Queue<O> {
    fn default() -> Self {
        let state = State {
            datagrams: VecDeque::new(),
            bytes: 0,
            orders: VecDeque::new(),
            dropped: 0,
            refused: 0,
            closed: false,
        };
        Self { state: Mutex::new(state), ready: Condvar::new() }
    }
}

impl<O> Queue<O> {
    fn state(&self) -> MutexGuard<'_, State<O>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a datagram; when too many wait the oldest are dropped and counted.
    pub fn datagram(&self, datagram: Datagram) {
        let mut state = self.state();
        state.bytes += datagram.payload.len();
        state.datagrams.push_back(datagram);
        while state.datagrams.len() > WAITING_MAX || state.bytes > WAITING_BYTES {
            if state.pop().is_none() {
                break;
            }
            state.dropped += 1;
        }
        drop(state);
        self.ready.notify_one();
    }

    /// Counts a datagram from a source that is not allowed.
    pub fn refuse(&self) {
        self.state().refused += 1;
    }

    /// Adds an order; `false` when the writer has ended.
    pub fn order(&self, order: O) -> bool {
        let mut state = self.state();
        if state.closed {
            return false;
        }
        state.orders.push_back(order);
        drop(state);
        self.ready.notify_one();
        true
    }

    /// Lets the writer finish with what waits.
    pub fn close(&self) {
        self.state().closed = true;
        self.ready.notify_all();
    }

    /// Whether it was closed.
    pub fn is_closed(&self) -> bool {
        self.state().closed
    }

    /// The next input: orders first, then datagrams, oldest first.
    pub fn next(&self, within: Duration) -> Input<O> {
        let mut state = self.state();
        for waited in [false, true] {
            if let Some(order) = state.orders.pop_front() {
                return Input::Order(order);
            }
            if let Some(datagram) = state.pop() {
                return Input::Datagram(datagram);
            }
            if state.closed {
                return Input::Closed;
            }
            if !waited {
                let got = self.ready.wait_timeout(state, within);
                state = got.unwrap_or_else(PoisonError::into_inner).0;
            }
        }
        Input::Quiet
    }

    /// Whether a datagram waits.
    pub fn has_datagrams(&self) -> bool {
        !self.state().datagrams.is_empty()
    }

    /// Datagrams dropped because too many waited, and refused because of their source.
    pub fn lost(&self) -> (u64, u64) {
        let state = self.state();
        (state.dropped, state.refused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn datagram(i: usize) -> Datagram {
        let from = ([127, 0, 0, 1], 1).into();
        Datagram { arrival: Timestamp::default(), from, port: 0, payload: i.to_be_bytes().into() }
    }

    #[test]
    fn the_oldest_datagrams_give_way_and_orders_do_not() {
        let queue = Queue::default();
        queue.order("clear");
        for i in 0..WAITING_MAX + 5 {
            queue.datagram(datagram(i));
        }
        assert_eq!(queue.lost(), (5, 0));
        assert!(matches!(queue.next(Duration::ZERO), Input::Order("clear")));
        let Input::Datagram(first) = queue.next(Duration::ZERO) else { panic!("no datagram") };
        assert_eq!(first, datagram(5));
    }

    #[test]
    fn large_datagrams_fill_it_by_their_bytes() {
        let queue = Queue::<()>::default();
        for i in 0..100 {
            queue.datagram(Datagram { payload: vec![0; 64 << 10], ..datagram(i) });
        }
        assert_eq!(queue.lost(), (36, 0));
        assert_eq!(queue.state().bytes, WAITING_BYTES);
        while queue.has_datagrams() {
            queue.next(Duration::ZERO);
        }
        assert_eq!(queue.state().bytes, 0);
    }

    #[test]
    fn what_waits_when_it_is_closed_is_still_handed_on() {
        let queue = Queue::<()>::default();
        assert!(matches!(queue.next(Duration::ZERO), Input::Quiet));
        queue.datagram(datagram(1));
        queue.close();
        assert!(!queue.order(()));
        assert!(matches!(queue.next(Duration::ZERO), Input::Datagram(_)));
        assert!(matches!(queue.next(Duration::ZERO), Input::Closed));
    }
}
