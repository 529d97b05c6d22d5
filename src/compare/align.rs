//! Which places of two lists are the same thing? In: two lists of numbers, equal numbers meaning the same kind of thing. Out: pairs of
//! places, in order on both sides. Must not know what the numbers stand for.
//!
//! The method is Myers' (An O(ND) Difference Algorithm, 1986): the longest common subsequence, found by the fewest steps. Where two
//! lists differ so much that it would grow with the square, the best way so far is kept and the search goes on from there.

/// Pairs of places, both ascending. Swapping the lists swaps the pairs and changes nothing else.
pub fn align(left: &[u32], right: &[u32]) -> Vec<(usize, usize)> {
    // Of several longest subsequences the search finds one; which, must not hang on who is left.
    if (right.len(), right) < (left.len(), left) {
        return search(right, left).into_iter().map(|(r, l)| (l, r)).collect();
    }
    search(left, right)
}

/// Differences looked through in one go before the best way so far is kept.
const FEWEST_STEPS: usize = 400;

fn search(a: &[u32], b: &[u32]) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let (mut at_a, mut at_b) = (0, 0);
    loop {
        let (rest_a, rest_b) = (a.get(at_a..).unwrap_or_default(), b.get(at_b..).unwrap_or_default());
        let head = rest_a.iter().zip(rest_b).take_while(|(x, y)| x == y).count();
        out.extend((0..head).map(|n| (at_a + n, at_b + n)));
        (at_a, at_b) = (at_a + head, at_b + head);
        let (rest_a, rest_b) = (a.get(at_a..).unwrap_or_default(), b.get(at_b..).unwrap_or_default());
        if rest_a.is_empty() || rest_b.is_empty() {
            return out;
        }
        let (pairs, done_a, done_b) = steps(rest_a, rest_b);
        out.extend(pairs.into_iter().map(|(x, y)| (at_a + x, at_b + y)));
        (at_a, at_b) = (at_a + done_a, at_b + done_b);
    }
}

/// Walks from the start to the end, or as far as [`FEWEST_STEPS`] differences lead: pairs, and how much of each list is done.
fn steps(a: &[u32], b: &[u32]) -> (Vec<(usize, usize)>, usize, usize) {
    let most = FEWEST_STEPS.min(a.len() + b.len());
    let offset = most + 1;
    // furthest[k + offset]: how far in `a` the best way on diagonal k = x − y has come.
    let mut furthest = vec![0_usize; 2 * most + 3];
    let mut history: Vec<Vec<usize>> = Vec::new();
    let reach = |furthest: &[usize], k: isize, d: usize| -> usize {
        let of = |k: isize| at(furthest, k, offset);
        let down = k == -signed(d) || (k != signed(d) && of(k - 1) < of(k + 1));
        if down { of(k + 1) } else { of(k - 1) + 1 }
    };
    let mut best = (0, 0, 0); // x + y, diagonal, differences
    for d in 0..=most {
        let mut k = -signed(d);
        while k <= signed(d) {
            let mut x = if d == 0 { 0 } else { reach(&furthest, k, d) };
            let mut y = usize::try_from(signed(x) - k).unwrap_or(usize::MAX);
            while x < a.len() && y < b.len() && a.get(x) == b.get(y) {
                (x, y) = (x + 1, y + 1);
            }
            if let Some(slot) = furthest.get_mut(place(k, offset)) {
                *slot = x;
            }
            if x <= a.len() && y <= b.len() && x + y > best.0 {
                best = (x + y, k, d);
            }
            if x >= a.len() && y >= b.len() {
                history.push(furthest.clone());
                return walk_back(&history, d, k, offset, &reach);
            }
            k += 2;
        }
        history.push(furthest.clone());
    }
    walk_back(&history, best.2, best.1, offset, &reach)
}

/// The way back from diagonal `k` after `d` differences.
fn walk_back(
    history: &[Vec<usize>],
    d: usize,
    k: isize,
    offset: usize,
    reach: &dyn Fn(&[usize], isize, usize) -> usize,
) -> (Vec<(usize, usize)>, usize, usize) {
    let mut k = k;
    let mut x = history.get(d).map_or(0, |f| at(f, k, offset));
    let end = (x, usize::try_from(signed(x) - k).unwrap_or(0));
    let mut pairs = Vec::new();
    for d in (0..=d).rev() {
        let before: &[usize] = d.checked_sub(1).and_then(|d| history.get(d)).map_or(&[], Vec::as_slice);
        let begun = if d == 0 { 0 } else { reach(before, k, d) };
        while x > begun {
            x -= 1;
            pairs.push((x, usize::try_from(signed(x) - k).unwrap_or(0)));
        }
        if d > 0 {
            let of = |k: isize| at(before, k, offset);
            let down = k == -signed(d) || (k != signed(d) && of(k - 1) < of(k + 1));
            k += if down { 1 } else { -1 };
            x = of(k);
        }
    }
    pairs.reverse();
    (pairs, end.0, end.1)
}

fn signed(n: usize) -> isize {
    isize::try_from(n).unwrap_or(isize::MAX)
}

fn place(k: isize, offset: usize) -> usize {
    usize::try_from(k + signed(offset)).unwrap_or(usize::MAX)
}

fn at(furthest: &[usize], k: isize, offset: usize) -> usize {
    furthest.get(place(k, offset)).copied().unwrap_or(0)
}

/// First by what is exactly the same, then, between those, by what is loosely the same: a 401 in the place of a 200 is still the answer to
/// that request. Pairs ascend on both sides.
pub fn align_twice(left: (&[u32], &[u32]), right: (&[u32], &[u32])) -> Vec<(usize, usize)> {
    let ((exact_left, loose_left), (exact_right, loose_right)) = (left, right);
    let exact = align(exact_left, exact_right);
    let mut out = Vec::with_capacity(exact.len());
    let (mut from_left, mut from_right) = (0, 0);
    for (to_left, to_right) in exact.into_iter().chain([(exact_left.len(), exact_right.len())]) {
        let gap_left = loose_left.get(from_left..to_left).unwrap_or_default();
        let gap_right = loose_right.get(from_right..to_right).unwrap_or_default();
        if !gap_left.is_empty() && !gap_right.is_empty() {
            out.extend(align(gap_left, gap_right).into_iter().map(|(l, r)| (from_left + l, from_right + r)));
        }
        if to_left < exact_left.len() {
            out.push((to_left, to_right));
        }
        (from_left, from_right) = (to_left + 1, to_right + 1);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The length of the longest common subsequence, by the table.
    fn longest(a: &[u32], b: &[u32]) -> usize {
        let mut row = vec![0; b.len() + 1];
        for x in a {
            let mut diagonal = 0;
            for (n, y) in b.iter().enumerate() {
                let above = row[n + 1];
                row[n + 1] = if x == y { diagonal + 1 } else { above.max(row[n]) };
                diagonal = above;
            }
        }
        row[b.len()]
    }

    proptest! {
        #[test]
        fn as_long_as_the_longest_and_the_same_from_either_side(
            a in proptest::collection::vec(0_u32..5, 0..40), b in proptest::collection::vec(0_u32..5, 0..40),
        ) {
            let pairs = align(&a, &b);
            prop_assert!(pairs.iter().all(|(l, r)| a[*l] == b[*r]), "{pairs:?}");
            prop_assert!(pairs.windows(2).all(|w| w[0].0 < w[1].0 && w[0].1 < w[1].1), "{pairs:?}");
            prop_assert_eq!(pairs.len(), longest(&a, &b));
            let swapped: Vec<_> = align(&b, &a).into_iter().map(|(l, r)| (r, l)).collect();
            prop_assert_eq!(pairs, swapped);
        }
    }

    #[test]
    fn lists_that_share_little_end_all_the_same() {
        let a: Vec<u32> = (0..20_000).map(|n| n * 7 % 1_009).collect();
        let b: Vec<u32> = (0..20_000).map(|n| n * 11 % 1_013).collect();
        let pairs = align(&a, &b);
        assert!(pairs.iter().all(|(l, r)| a[*l] == b[*r]));
        assert!(pairs.windows(2).all(|w| w[0].0 < w[1].0 && w[0].1 < w[1].1));
        assert!(pairs.len() > 100, "{}", pairs.len());
        let none: Vec<u32> = (0..5_000).map(|_| 2_000).collect();
        assert_eq!(align(&a, &none), []);
    }

    #[test]
    fn what_is_in_the_place_of_another_is_its_partner() {
        // REGISTER 401 REGISTER 200 against REGISTER 401 REGISTER 401 REGISTER 401.
        let (exact_left, loose_left) = ([1, 401, 2, 200], [1, 9, 1, 9]);
        let (exact_right, loose_right) = ([1, 401, 2, 401, 2, 401], [1, 9, 1, 9, 1, 9]);
        let pairs = align_twice((&exact_left, &loose_left), (&exact_right, &loose_right));
        assert_eq!(pairs, [(0, 0), (1, 1), (2, 2), (3, 3)]);
    }
}
