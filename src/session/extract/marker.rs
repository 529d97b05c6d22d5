//! Words, arrows and source places that tell directions, learned for each member. In: what stands around its messages, and the messages'
//! own evidence. Out: what each mark means in this log. A mark counts when it agrees with the evidence in at least 95 of 100 messages
//! where that is known, with at least three of them; where fewer than three can decide, it is taken by its common meaning.

use std::collections::BTreeMap;

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

/// The marks of one member.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    meanings: BTreeMap<String, Meaning>,
    /// Words and arrows that contradict the messages.
    pub doubts: Vec<Doubt>,
}

#[derive(Default)]
struct Count {
    weight: Option<Weight>,
    means: Option<bool>,
    sent: u32,
    received: u32,
    likely_sent: u32,
    likely_received: u32,
}

impl Marks {
    /// Learns from each message: what stands around it, whether it surely went out, whether it likely did.
    pub fn learn<'a>(messages: impl Iterator<Item = (&'a Hints, Option<bool>, Option<bool>)>) -> Self {
        let mut counts: BTreeMap<String, Count> = BTreeMap::new();
        for (hints, sure, likely) in messages {
            for mark in &hints.marks {
                let count = counts.entry(mark.key.clone()).or_default();
                count.weight = Some(mark.weight);
                count.means = common(mark);
                *(match sure {
                    Some(true) => &mut count.sent,
                    Some(false) => &mut count.received,
                    None => continue_with(likely, &mut count.likely_sent, &mut count.likely_received),
                }) += u32::from(sure.or(likely).is_some());
            }
        }
        let mut marks = Self::default();
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
        let told = hints.marks.iter().rev().filter_map(|mark| {
            let meaning = self.meanings.get(&mark.key)?;
            let arrow = !mark.key.starts_with(|c: char| c.is_alphanumeric());
            // The surest, then the one that says most by itself, then the nearest to the start line, then the first.
            Some(((meaning.grade, mark.weight, mark.near, arrow), meaning))
        });
        told.max_by_key(|(rank, _)| *rank).map(|(_, meaning)| (meaning.sent, meaning.grade))
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

    #[test]
    fn a_mark_needs_three_messages_and_ninety_five_of_a_hundred() {
        let sent = hints("sent");
        let all = |agree: usize, against: usize| {
            let known = std::iter::repeat_n(Some(true), agree).chain(std::iter::repeat_n(Some(false), against));
            Marks::learn(known.map(|k| (&sent, k, None)).collect::<Vec<_>>().into_iter())
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
        let known = [(&place, Some(false), None); 3];
        assert_eq!(Marks::learn(known.into_iter()).read(&place), Some((false, Grade::Agrees)));
        assert_eq!(Marks::learn(known.into_iter().take(2)).read(&place), None);
    }

    #[test]
    fn the_nearest_word_wins() {
        let both = Hints::read(&[b"onReceive pipe", b"sending"], b"");
        assert_eq!(Marks::learn([(&both, None, None)].into_iter()).read(&both), Some((true, Grade::Common)));
        let arrow = hints("--> received earlier");
        assert_eq!(Marks::learn([(&arrow, None, None)].into_iter()).read(&arrow), Some((true, Grade::Common)));
    }
}
