//! The static assignment problem, its published format, and an answer to it.

use super::super::draw::Draw;

/// A static assignment problem.
#[derive(Clone, Debug, PartialEq)]
pub struct StaticProblem {
    /// Copies of each effector kind.
    pub copies: Vec<u32>,
    /// Weight of each threat.
    pub weights: Vec<f64>,
    /// Kill chance, by kind and then threat.
    pub kill: Vec<f64>,
}

/// An answer with its bound.
#[derive(Clone, Debug, PartialEq)]
pub struct StaticAnswer {
    /// Kinds at each threat, one entry a copy.
    pub kinds_at: Vec<Vec<usize>>,
    /// Weight that survives, by the true objective.
    pub value: f64,
    /// No assignment leaves less than this.
    pub bound: f64,
}

impl StaticProblem {
    /// Reads `m n mu`, `n` weights, then `i j p` lines; indices from 0 or 1, pairs
    /// that are not named cannot kill.
    ///
    /// # Errors
    ///
    /// Says what was expected, and at which number in the file.
    pub fn parse(text: &str) -> Result<Self, String> {
        let numbers: Vec<f64> = text
            .split_whitespace()
            .map(|word| word.parse::<f64>().ok().filter(|x| x.is_finite()))
            .enumerate()
            .map(|(i, x)| x.ok_or_else(|| format!("number {}: expected a finite number", i + 1)))
            .collect::<Result<_, _>>()?;
        let [m, n, mu] = match numbers[..] {
            [m, n, mu, ..] if m >= 1.0 && n >= 1.0 && mu >= 1.0 && m * n <= 1e8 => [m, n, mu],
            _ => return Err("start: expected m n mu, each at least 1".into()),
        };
        let (kinds, threats) = (m as usize, n as usize);
        let Some(weights) = numbers.get(3..3 + threats) else {
            return Err(format!("weights: expected {threats}"));
        };
        let rows = &numbers[3 + threats..];
        if !rows.len().is_multiple_of(3) || rows.is_empty() {
            return Err(format!(
                "after the weights: expected triples, found {} numbers",
                rows.len()
            ));
        }
        let rows: Vec<&[f64]> = rows.chunks_exact(3).collect();
        let first = |column: usize| rows.iter().map(|r| r[column]).fold(f64::INFINITY, f64::min);
        let from = if first(0) >= 1.0 && first(1) >= 1.0 { 1.0 } else { 0.0 };
        let mut kill = vec![0.0; kinds * threats];
        for row in &rows {
            let (i, j) = (row[0] - from, row[1] - from);
            if !(i >= 0.0 && i < m && j >= 0.0 && j < n && (0.0..=1.0).contains(&row[2])) {
                return Err(format!(
                    "{} {} {}: expected a pair within m n and a chance",
                    row[0], row[1], row[2]
                ));
            }
            kill[i as usize * threats + j as usize] = row[2];
        }
        Ok(Self { copies: vec![mu as u32; kinds], weights: weights.to_vec(), kill })
    }

    /// A problem by the published recipe: weights whole from 1 to 99, chances uniform
    /// from 0 to 1 (A. C. Andersen, K. Pavlikov, T. A. M. Toffolo, "Weapon-target
    /// assignment problem: exact and approximate solution algorithms", Annals of
    /// Operations Research 312 (2022) 581).
    pub fn generate(kinds: usize, threats: usize, copies: u32, seed: u64) -> Self {
        let mut draw = Draw::new(seed, 0);
        let weights = (0..threats).map(|_| 1.0 + (99.0 * draw.unit()).floor()).collect();
        let kill = (0..kinds * threats).map(|_| draw.unit()).collect();
        Self { copies: vec![copies; kinds], weights, kill }
    }

    /// Weight that survives an assignment: kinds at each threat, one entry a copy.
    pub fn value(&self, kinds_at: &[Vec<usize>]) -> f64 {
        let threats = self.weights.len();
        let left = |(threat, kinds): (usize, &Vec<usize>)| {
            let miss = kinds.iter().map(|kind| 1.0 - self.kill[kind * threats + threat]);
            self.weights[threat] * miss.product::<f64>()
        };
        kinds_at.iter().enumerate().map(left).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The least value of all assignments, one copy after the other.
    fn exhaustive(problem: &StaticProblem) -> f64 {
        let kinds: Vec<usize> = (0..problem.copies.len())
            .flat_map(|kind| std::iter::repeat_n(kind, problem.copies[kind] as usize))
            .collect();
        let threats = problem.weights.len();
        let mut best = f64::INFINITY;
        for code in 0..threats.pow(kinds.len() as u32) {
            let mut at = vec![Vec::new(); threats];
            for (copy, kind) in kinds.iter().enumerate() {
                at[code / threats.pow(copy as u32) % threats].push(*kind);
            }
            best = best.min(problem.value(&at));
        }
        best
    }

    #[test]
    fn small_problems_are_solved_to_the_optimum_and_proven() {
        for seed in 0..40 {
            let problem = StaticProblem::generate(3, 4, 2, seed);
            let answer = problem.solve(3, seed);
            let optimum = exhaustive(&problem);
            assert!((answer.value - optimum).abs() <= 1e-6 * optimum, "{answer:?} {optimum}");
            assert!(answer.bound <= optimum * (1.0 + 1e-12), "{answer:?} {optimum}");
            assert!(answer.bound >= optimum * (1.0 - 1e-6), "{answer:?} {optimum}");
        }
    }

    #[test]
    fn no_kind_is_used_more_often_than_it_has_copies() {
        let problem = StaticProblem::generate(12, 15, 2, 5);
        let answer = problem.solve(2, 1);
        let mut used = [0u32; 12];
        answer.kinds_at.iter().flatten().for_each(|kind| used[*kind] += 1);
        assert!(used.iter().all(|n| *n <= 2), "{used:?}");
        assert!((problem.value(&answer.kinds_at) - answer.value).abs() < 1e-12);
    }

    #[test]
    fn fifty_by_a_hundred_is_proven_with_one_copy_and_with_two() {
        for copies in [1, 2] {
            let answer = StaticProblem::generate(50, 100, copies, 8).solve(4, 1);
            let gap = (answer.value - answer.bound) / answer.value;
            assert!(gap < 1e-6, "value {} bound {} gap {gap}", answer.value, answer.bound);
        }
    }

    #[test]
    fn more_copies_than_threats_leave_none_unused_that_helps() {
        // One threat, three copies that miss half the time: an eighth is left.
        let problem = StaticProblem { copies: vec![3], weights: vec![8.0], kill: vec![0.5] };
        let answer = problem.solve(3, 1);
        assert!((answer.value - 1.0).abs() < 1e-12 && (answer.bound - 1.0).abs() < 1e-6);
    }

    #[test]
    fn the_published_format_is_read_with_indices_from_0_or_1() {
        let zero = StaticProblem::parse("1 2 1\n5 7\n0 0 0.5\n0 1 0.25\n").unwrap();
        let one = StaticProblem::parse("1 2 1\n5 7\n1 1 0.5\n1 2 0.25\n").unwrap();
        assert_eq!(zero, one);
        assert!((one.solve(10, 0).value - 9.5).abs() < 1e-12);
        assert!(StaticProblem::parse("1 2 1\n5 7\n3 1 0.5\n").is_err());
        assert!(StaticProblem::parse("1 2\n").is_err());
    }
}
