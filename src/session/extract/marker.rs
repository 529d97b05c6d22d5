//! Words, arrows and source places that tell directions, learned for each member. In: what stands around its messages, and the messages'
//! own evidence. Out: what each mark means in this log. A mark counts when it agrees with the evidence in at least 95 of 100 messages
//! where that is known, with at least three of them; where fewer than three can decide, it is taken by its common meaning. A mark that stands
//! on requests and on their answers alike (a function's name in every head) tells nothing and counts for nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::hints::{Hints, Mark, Weight};
use crate::sip::Direction;

/// Messages that must be able to decide.
const MIN_KNOWN: u32 = 3;

/// How sure a mark's meaning is in this log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// Too few messages can decide: its common meaning.
    Common,
    /// It stands the wrong way round throughout this log.
    Reversed,
    /// It agrees with the messages.
    Agrees,
}

/// What one mark means in one member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Meaning {
    sent: bool,
    grade: Grade,
}

/// A mark that does not mean what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// The word or arrow.
    pub key: String,
    /// Messages where it could be judged.
    pub known: u32,
    /// Of those, where it agrees.
    pub agree: u32,
}

/// A message to learn from.
#[derive(Clone, Copy, Debug)]
pub struct Lesson<'a> {
    /// What stands around it.
    pub hints: &'a Hints,
    /// It surely went out.
    pub sure: Option<bool>,
    /// It likely did.
    pub likely: Option<bool>,
    /// Its transaction, where that can be told from others, and whether it is a request: answers go the other way.
    pub half: Option<(u64, bool)>,
}

/// The marks of one member.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    meanings: BTreeMap<String, Meaning>,
    /// Words and arrows that contradict the messages.
    pub doubts: Vec<Doubt>,
    /// Words and arrows that stand at both ways alike.
    pub constant: Vec<String>,
}

#[derive(Default)]
struct Count {
    weight: Option<Weight>,
    means: Option<bool>,
    sent: u32,
    received: u32,
    likely_sent: u32,
    likely_received: u32,
    /// Messages at which it stands.
    total: u32,
    /// Of those, where a mark of the other meaning stands as well.
    contradicted: u32,
    /// Transactions with both halves in the log: those where it stands at one of them, and at both.
    pairs: u32,
    both: u32,
}

/// How often marks of either meaning stand at messages at all.
#[derive(Default)]
struct Totals {
    messages: u32,
    sent: u32,
    received: u32,
}

impl Count {
    /// Stands at messages of either way.
    fn is_constant(&self, totals: &Totals) -> bool {
        if self.both > 0 && self.both * 2 >= self.pairs {
            return true;
        }
        let other = match self.means {
            Some(true) => totals.received,
            Some(false) => totals.sent,
            None => return false,
        };
        // Where the other stands at all messages as well, nothing tells which of the two is the constant one.
        let differs = other > 0 && other * 100 < totals.messages * 95 && totals.messages >= MIN_KNOWN;
        differs && self.total * 100 >= totals.messages * 95 && self.contradicted * 100 >= other * 95
    }
}

impl Marks {
    /// Learns from the messages of one member.
    pub fn learn(lessons: &[Lesson<'_>]) -> Self {
        let mut counts: BTreeMap<String, Count> = BTreeMap::new();
        let mut totals = Totals::default();
        for Lesson { hints, sure, likely, .. } in lessons.iter().copied() {
            let stands = |means: Direction| hints.marks.iter().any(|m| m.means == means);
            totals.messages += 1;
            totals.sent += u32::from(stands(Direction::Sent));
            totals.received += u32::from(stands(Direction::Received));
            for mark in &hints.marks {
                let count = counts.entry(mark.key.clone()).or_default();
                count.weight = Some(mark.weight);
                count.means = common(mark);
                count.total += 1;
                count.contradicted += u32::from(match mark.means {
                    Direction::Sent => stands(Direction::Received),
                    Direction::Received => stands(Direction::Sent),
                    Direction::Unknown => false,
                });
                *(match sure {
                    Some(true) => &mut count.sent,
                    Some(false) => &mut count.received,
                    None => continue_with(likely, &mut count.likely_sent, &mut count.likely_received),
                }) += u32::from(sure.or(likely).is_some());
            }
        }
        pair_up(lessons, &mut counts);
        let mut marks = Self::default();
        for (key, count) in counts.extract_if(.., |_, count| count.is_constant(&totals)) {
            if count.weight == Some(Weight::Whole) {
                marks.constant.push(key);
            }
        }
        // The words of one log are of one hand: where a word alone has too few messages, all of them together decide.
        let mut together = Count::default();
        for count in counts.values_mut() {
            if count.sent + count.received < MIN_KNOWN {
                count.sent += count.likely_sent;
                count.received += count.likely_received;
            }
            if let (Some(means), Some(Weight::Whole)) = (count.means, count.weight) {
                let (agree, against) = if means { (count.sent, count.received) } else { (count.received, count.sent) };
                together.sent += agree;
                together.received += against;
            }
        }
        let known = together.sent + together.received;
        let all_reversed = known >= MIN_KNOWN && together.received * 100 >= known * 95;
        for (key, count) in counts {
            marks.judge(key, &count, all_reversed);
        }
        marks
    }

    fn judge(&mut self, key: String, count: &Count, all_reversed: bool) {
        let known = count.sent + count.received;
        if known < MIN_KNOWN {
            if let Some(means) = count.means {
                let reversed = all_reversed && count.weight == Some(Weight::Whole);
                let grade = if reversed { Grade::Reversed } else { Grade::Common };
                self.meanings.insert(key, Meaning { sent: means ^ reversed, grade });
            }
            return;
        }
        let learned = if count.sent * 100 >= known * 95 {
            Some(true)
        } else if count.received * 100 >= known * 95 {
            Some(false)
        } else {
            None
        };
        if let Some(sent) = learned {
            let grade = if count.means.is_some_and(|means| means != sent) { Grade::Reversed } else { Grade::Agrees };
            self.meanings.insert(key.clone(), Meaning { sent, grade });
            if grade == Grade::Agrees {
                return;
            }
        }
        if count.weight == Some(Weight::Whole) {
            let agree = if count.means == Some(true) { count.sent } else { count.received };
            self.doubts.push(Doubt { key, known, agree });
        }
    }

    /// The direction that the marks around a message tell, and how surely.
    pub fn read(&self, hints: &Hints) -> Option<(bool, Grade)> {
        let told = hints.marks.iter().filter_map(|mark| {
            let meaning = self.meanings.get(&mark.key)?;
            let arrow = !mark.key.starts_with(|c: char| c.is_alphanumeric());
            // The surest, then the one that says most by itself, then the nearest to the start line (the last of equals).
            Some(((meaning.grade, mark.weight, mark.near, arrow), meaning))
        });
        told.max_by_key(|(rank, _)| *rank).map(|(_, meaning)| (meaning.sent, meaning.grade))
    }
}

/// Counts at which halves of its transactions each mark stands.
fn pair_up(lessons: &[Lesson<'_>], counts: &mut BTreeMap<String, Count>) {
    let mut transactions: BTreeMap<u64, [Vec<&Hints>; 2]> = BTreeMap::new();
    for lesson in lessons {
        if let Some((transaction, request)) = lesson.half {
            let [requests, answers] = transactions.entry(transaction).or_default();
            (if request { requests } else { answers }).push(lesson.hints);
        }
    }
    for [requests, answers] in transactions.values().filter(|[requests, answers]| !requests.is_empty() && !answers.is_empty()) {
        let keys = |half: &[&Hints]| half.iter().flat_map(|h| &h.marks).map(|m| m.key.clone()).collect::<BTreeSet<_>>();
        let (asked, answered) = (keys(requests), keys(answers));
        for key in asked.union(&answered) {
            if let Some(count) = counts.get_mut(key) {
                count.pairs += 1;
                count.both += u32::from(asked.contains(key) && answered.contains(key));
            }
        }
    }
}

fn continue_with<'a>(likely: Option<bool>, sent: &'a mut u32, received: &'a mut u32) -> &'a mut u32 {
    if likely == Some(true) { sent } else { received }
}

fn common(mark: &Mark) -> Option<bool> {
    match mark.means {
        Direction::Sent => Some(true),
        Direction::Received => Some(false),
        Direction::Unknown => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hints(text: &str) -> Hints {
        Hints::read(&[text.as_bytes()], b"")
    }

    fn lesson(hints: &Hints) -> Lesson<'_> {
        Lesson { hints, sure: None, likely: None, half: None }
    }

    #[test]
    fn a_mark_needs_three_messages_and_ninety_five_of_a_hundred() {
        let sent = hints("sent");
        let all = |agree: usize, against: usize| {
            let known = std::iter::repeat_n(Some(true), agree).chain(std::iter::repeat_n(Some(false), against));
            Marks::learn(&known.map(|sure| Lesson { sure, ..lesson(&sent) }).collect::<Vec<_>>())
        };
        assert_eq!(all(2, 0).read(&sent), Some((true, Grade::Common)));
        assert_eq!(all(0, 2).read(&sent), Some((true, Grade::Common)));
        assert_eq!(all(3, 0).read(&sent), Some((true, Grade::Agrees)));
        assert_eq!(all(95, 5).read(&sent), Some((true, Grade::Agrees)));
        assert_eq!(all(94, 6).read(&sent), None);
        assert_eq!(all(0, 3).read(&sent), Some((false, Grade::Reversed)));
        assert_eq!(all(94, 6).doubts.len(), 1);
    }

    #[test]
    fn source_places_are_learned_only() {
        let place = Hints::read(&[], b"a.cpp:12");
        let known = [Lesson { sure: Some(false), ..lesson(&place) }; 3];
        assert_eq!(Marks::learn(&known).read(&place), Some((false, Grade::Agrees)));
        assert_eq!(Marks::learn(&known[..2]).read(&place), None);
    }

    #[test]
    fn the_nearest_word_wins() {
        let both = Hints::read(&[b"onReceive pipe", b"sending"], b"");
        assert_eq!(Marks::learn(&[lesson(&both)]).read(&both), Some((true, Grade::Common)));
        let arrow = hints("--> received earlier");
        assert_eq!(Marks::learn(&[lesson(&arrow)]).read(&arrow), Some((true, Grade::Common)));
    }

    #[test]
    fn what_stands_at_a_request_and_its_answer_tells_nothing() {
        let (request, answer) = (hints("send:BWC:SIP: sent"), hints("send:BWC:SIP: received"));
        let half = |hints, transaction, request| Lesson { half: Some((transaction, request)), ..lesson(hints) };
        // Surely sent requests alone would make `send` agree with all of them.
        let sure = |n| Lesson { sure: Some(true), ..half(&request, n, true) };
        let marks = Marks::learn(&[sure(1), half(&answer, 1, false), sure(2), sure(3)]);
        assert_eq!(marks.constant, ["send"]);
        assert_eq!(marks.read(&answer), Some((false, Grade::Common)));
        assert_eq!(marks.read(&request), Some((true, Grade::Agrees)));
        // The same word in the head and in the sentence: only the second tells.
        let (request, answer) = (hints("send: send"), hints("send: receive"));
        let marks = Marks::learn(&[half(&request, 1, true), half(&answer, 1, false)]);
        assert_eq!(marks.read(&request), Some((true, Grade::Common)));
        assert_eq!(marks.read(&answer), Some((false, Grade::Common)));
        // No transaction is whole: what stands at all messages, and with the other word too.
        let marks = Marks::learn(&[lesson(&request), lesson(&answer), lesson(&answer)]);
        assert_eq!((marks.read(&request).map(|m| m.0), marks.read(&answer).map(|m| m.0)), (Some(true), Some(false)));
        // A log of one way has its word at all messages, and it tells.
        let one = hints("received");
        assert_eq!(Marks::learn(&[lesson(&one), lesson(&one)]).read(&one), Some((false, Grade::Common)));
    }
}
