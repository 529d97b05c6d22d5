//! The lane of error records. In: the survey of all records. Out: one lane; what is left out is counted in it.

use super::{Source, plain};
use crate::base::{Segment, Text, Tone};
use crate::timeline::figures::count;
use crate::timeline::scene::{Lane, Mark, Shape, Target, Topic};

/// The lane of error records.
pub fn lanes(source: &Source<'_>) -> Vec<Lane> {
    let mut lane = Lane::new(Topic::Errors, Text::key("timeline.errors"));
    let survey = source.survey;
    let own = source.extent.map_or(&[][..], |e| survey.errors_in(e.start_us..=e.end_us));
    lane.marks = own
        .iter()
        .map(|(at, line)| {
            let target = Target::Record(*line);
            Mark { at_us: at.0, shape: Shape::State, tone: Tone::Fail, label: Text::default(), target }
        })
        .collect();
    let drawn = survey.errors.len() as u64;
    let cut = drawn < survey.all_errors;
    lane.figure = plain(format!("{}{}", count(own.len() as u64), if cut { "+" } else { "" }));
    if own.is_empty() {
        lane.sentence = Some(Text::key("timeline.no_errors"));
    } else if cut {
        let (n, all) = (Segment::Word(count(drawn)), Segment::Word(count(survey.all_errors)));
        lane.sentence = Some(Text::phrase("timeline.errors_cut", &[("n", n), ("all", all)]));
    }
    vec![lane]
}
