//! What the two clients are. In: client facts and clocks of both sides. Out: rows.

use crate::base::{Segment, Text};
use crate::session::run::Platform;
use crate::session::{LoggedMessage, MessageId};

use super::super::rows::{Area, Cell, Group, Row};
use super::super::{Pair, Side, Which};
use super::{Context, logged, rank};
use crate::timeline::figures;

pub fn group(context: &Context<'_>) -> Group {
    let facts = context.facts();
    let client = facts.map(|f| &f.client);
    let mut rows: Vec<Option<Row>> = Vec::new();
    rows.push(logged("compare.version", client.map(|c| c.version.as_deref()), 0.4));
    let platforms = client.map(|c| c.platform);
    if platforms.left.is_some() || platforms.right.is_some() {
        let cell = |p: Platform| {
            Cell::new(Text::key(match p {
                Platform::Windows => "platform.windows",
                Platform::Mac => "platform.mac",
                Platform::Ios => "platform.ios",
                Platform::Android => "platform.android",
                Platform::Linux => "platform.linux",
            }))
        };
        let same = platforms.left == platforms.right;
        rows.push(Some(Row::new(Text::key("compare.platform"), platforms.map(|p| p.map(cell)), same, 0.4)));
    }
    let agent = logged("compare.user_agent", client.map(|c| c.user_agent.as_deref()), 0.3);
    rows.push(agent.map(|mut row| {
        let named = |which: Which| {
            let name = client.get(which).user_agent.as_deref()?;
            let says = |m: &LoggedMessage| m.seen.message.header("User-Agent") == Some(name);
            let place = facts.get(which).messages.iter().position(says)?;
            u32::try_from(place).ok().map(MessageId)
        };
        super::proved_by(std::slice::from_mut(&mut row), &facts, Pair::new(named(Which::Left), named(Which::Right)));
        row
    }));
    rows.push(logged("compare.device_type", client.map(|c| c.device_type.as_deref()), 0.5));
    rows.push(clock(&context.sides));
    let told = |row: Row| {
        // What one log prints and the other does not is no difference of the clients.
        let one_side = row.cells.left.is_none() || row.cells.right.is_none();
        row.harmless_if(one_side).ranked(rank::CLIENT)
    };
    Group { area: Area::Client, subject: Text::default(), rows: rows.into_iter().flatten().map(told).collect() }
}

/// How far each client's clock is from the first peer's that told one: the times of the two sides hang on it.
fn clock(sides: &Pair<Side<'_>>) -> Option<Row> {
    let offsets = sides.map(|side| side.analysis.facts.clocks.first().map(|c| c.offset_us));
    if offsets.left.is_none() && offsets.right.is_none() {
        return None;
    }
    let cell = |us: i64| Cell::new(Text::phrase("compare.clock_ahead", &[("time", Segment::number(figures::duration(us)))]));
    let same = offsets.left == offsets.right;
    Some(Row::new(Text::key("report.clock"), offsets.map(|o| o.map(cell)), same, 0.1).harmless())
}
