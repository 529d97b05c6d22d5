//! Does a name hold the letters typed, in their order? In: a query and a name. Out: a score and which letters matched.

/// How well a name fits, better first, and the places of its letters that matched, counted in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// Greater is better.
    pub score: i32,
    /// Places in the name.
    pub places: Vec<usize>,
}

/// A letter without case and without its accent, so that "hledat" finds "Hledat" and "pristi" finds "příští".
fn fold(letter: char) -> char {
    let small = letter.to_lowercase().next().unwrap_or(letter);
    match small {
        'á' | 'à' | 'ä' | 'â' => 'a',
        'č' | 'ç' => 'c',
        'ď' => 'd',
        'é' | 'è' | 'ě' | 'ë' | 'ê' => 'e',
        'í' | 'ì' | 'ï' | 'î' => 'i',
        'ľ' | 'ĺ' => 'l',
        'ň' | 'ñ' => 'n',
        'ó' | 'ò' | 'ö' | 'ô' => 'o',
        'ř' | 'ŕ' => 'r',
        'š' => 's',
        'ť' => 't',
        'ú' | 'ù' | 'ů' | 'ü' | 'û' => 'u',
        'ý' => 'y',
        'ž' => 'z',
        other => other,
    }
}

/// Matches every word of the query, each for itself and in any order: at once, else letter by letter.
pub fn matched(query: &str, name: &str) -> Option<Match> {
    let name: Vec<char> = name.chars().map(fold).collect();
    let mut out = Match { score: 0, places: Vec::new() };
    for word in query.split_whitespace() {
        let word: Vec<char> = word.chars().map(fold).collect();
        let (score, places) = whole(&word, &name).or_else(|| scattered(&word, &name))?;
        out.score += score;
        out.places.extend(places);
    }
    out.places.sort_unstable();
    out.places.dedup();
    // Of two that fit alike the shorter name is the nearer one.
    out.score -= i32::try_from(name.len() / 8).unwrap_or(0);
    Some(out)
}

fn starts_word(name: &[char], at: usize) -> bool {
    at.checked_sub(1).and_then(|before| name.get(before)).is_none_or(|before| !before.is_alphanumeric())
}

/// All letters side by side; at the beginning of a word is best.
fn whole(word: &[char], name: &[char]) -> Option<(i32, Vec<usize>)> {
    let mut places = name.windows(word.len().max(1)).enumerate().filter(|(_, part)| *part == word).map(|(at, _)| at);
    let first = places.next()?;
    let at = std::iter::once(first).chain(places).find(|at| starts_word(name, *at)).unwrap_or(first);
    let length = i32::try_from(word.len()).unwrap_or(0);
    let bonus = if at == 0 {
        60
    } else if starts_word(name, at) {
        40
    } else {
        10
    };
    Some((length * 10 + bonus, (at..at + word.len()).collect()))
}

/// The letters in their order with others between; the first letter begins a word.
fn scattered(word: &[char], name: &[char]) -> Option<(i32, Vec<usize>)> {
    let (first, rest) = word.split_first()?;
    let begin = (0..name.len()).find(|at| name.get(*at) == Some(first) && starts_word(name, *at))?;
    let mut places = vec![begin];
    let mut score = 10;
    let mut from = begin + 1;
    for letter in rest {
        let fits = |at: &usize| name.get(*at) == Some(letter);
        let next = (from..name.len()).find(fits)?;
        // A letter that begins a word is worth a jump; the rest of the name must still hold the others.
        let word_start = (from..name.len()).find(|at| fits(at) && starts_word(name, *at));
        let at = if next == from { next } else { word_start.unwrap_or(next) };
        score += if at == from {
            6
        } else if starts_word(name, at) {
            5
        } else {
            0
        };
        places.push(at);
        from = at + 1;
    }
    Some((score, places))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best<'a>(query: &str, names: &[&'a str]) -> &'a str {
        let found = names.iter().filter_map(|name| Some((matched(query, name)?.score, *name)));
        found.max_by_key(|(score, _)| *score).map_or("", |(_, name)| name)
    }

    #[test]
    fn the_nearest_name_wins() {
        let names = ["Open files", "Open a folder", "Show all of the timeline", "Files and what could not be read", "Call 17"];
        assert_eq!(best("open fo", &names), "Open a folder");
        assert_eq!(best("files", &names), "Files and what could not be read");
        assert_eq!(best("call 17", &names), "Call 17");
        assert_eq!(best("sat", &names), "Show all of the timeline");
        assert_eq!(best("zz", &names), "");
        assert_eq!(matched("pris", "Příští nález").map(|m| m.places), Some(vec![0, 1, 2, 3]));
        assert_eq!(matched("", "x").map(|m| m.places), Some(vec![]));
    }
}
