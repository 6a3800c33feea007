//! Which plot belongs to which track, all at once.
//!
//! In: pairs of track and plot that pass the gate, each with what it would gain
//! in log-likelihood over "missed"; out: the choice that gains most with no plot
//! used twice. Pairs are cut into clusters that share nothing (D. B. Reid, "An
//! algorithm for tracking multiple targets", IEEE Trans. AC 24(6), 1979, section
//! III), each solved by [`Assignment`].

use super::assign::Assignment;

/// A track and a plot inside its gate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// Index of the track.
    pub track: usize,
    /// Index of the plot.
    pub plot: usize,
    /// Log-likelihood ratio of this pair against a missed look.
    pub gain: f64,
}

/// Scratch space, kept between scans.
#[derive(Clone, Debug, Default)]
pub struct Associate {
    assignment: Assignment,
    parent: Vec<u32>,
    order: Vec<u32>,
    cost: Vec<f64>,
    tracks: Vec<usize>,
    plots: Vec<usize>,
    chosen: Vec<Option<(usize, f64)>>,
}

impl Associate {
    /// For each of `tracks` tracks its plot and gain, or `None`.
    pub fn solve(
        &mut self,
        pairs: &[Pair],
        tracks: usize,
        plots: usize,
    ) -> &[Option<(usize, f64)>] {
        self.chosen.clear();
        self.chosen.resize(tracks, None);
        self.parent.clear();
        self.parent.extend(0..(tracks + plots) as u32);
        for pair in pairs {
            let (a, b) = (self.root(pair.track), self.root(tracks + pair.plot));
            let (low, high) = (a.min(b), a.max(b));
            self.parent[high] = low as u32;
        }
        self.order.clear();
        self.order.extend(0..pairs.len() as u32);
        let mut order = std::mem::take(&mut self.order);
        let mut roots: Vec<u32> = pairs.iter().map(|p| self.root(p.track) as u32).collect();
        order.sort_by_key(|&n| roots[n as usize]);
        let mut from = 0;
        while from < order.len() {
            let root = roots[order[from] as usize];
            let end = from + order[from..].partition_point(|&n| roots[n as usize] == root);
            self.solve_cluster(pairs, &order[from..end]);
            from = end;
        }
        roots.clear();
        self.order = order;
        &self.chosen
    }

    fn root(&mut self, mut n: usize) -> usize {
        while self.parent[n] as usize != n {
            self.parent[n] = self.parent[self.parent[n] as usize];
            n = self.parent[n] as usize;
        }
        n
    }

    fn solve_cluster(&mut self, pairs: &[Pair], cluster: &[u32]) {
        let of = |n: &u32| pairs[*n as usize];
        if let [only] = cluster {
            let pair = of(only);
            if pair.gain > 0.0 {
                self.chosen[pair.track] = Some((pair.plot, pair.gain));
            }
            return;
        }
        for (list, pick) in [
            (&mut self.tracks, (|p: Pair| p.track) as fn(Pair) -> usize),
            (&mut self.plots, |p: Pair| p.plot),
        ] {
            list.clear();
            list.extend(cluster.iter().map(|n| pick(of(n))));
            list.sort_unstable();
            list.dedup();
        }
        let (rows, plots) = (self.tracks.len(), self.plots.len());
        let columns = plots + rows;
        self.cost.clear();
        self.cost.resize(rows * columns, f64::INFINITY);
        for row in 0..rows {
            // Its own "missed" column.
            self.cost[row * columns + plots + row] = 0.0;
        }
        let place = |list: &[usize], x: usize| list.partition_point(|&y| y < x);
        for pair in cluster.iter().map(of) {
            let (row, column) = (place(&self.tracks, pair.track), place(&self.plots, pair.plot));
            self.cost[row * columns + column] = -pair.gain;
        }
        let found = self.assignment.solve(&self.cost, rows, columns);
        for (row, &column) in found.iter().enumerate().filter(|(_, column)| **column < plots) {
            let gain = -self.cost[row * columns + column];
            self.chosen[self.tracks[row]] = Some((self.plots[column], gain));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(track: usize, plot: usize, gain: f64) -> Pair {
        Pair { track, plot, gain }
    }

    #[test]
    fn the_best_whole_beats_the_best_pair() {
        // Track 0 likes plot 0 best, but track 1 has nothing else.
        let pairs = [pair(0, 0, 5.0), pair(0, 1, 4.0), pair(1, 0, 4.5)];
        let mut solver = Associate::default();
        assert_eq!(solver.solve(&pairs, 2, 2), [Some((1, 4.0)), Some((0, 4.5))]);
    }

    #[test]
    fn clusters_do_not_disturb_each_other() {
        let pairs = [pair(2, 3, 1.0), pair(0, 0, 2.0), pair(1, 0, 3.0), pair(3, 4, -1.0)];
        let mut solver = Associate::default();
        let expected = [None, Some((0, 3.0)), Some((3, 1.0)), None];
        assert_eq!(solver.solve(&pairs, 4, 5), expected);
    }
}
