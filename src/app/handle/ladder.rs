//! Wishes about the ladder and the message shown. In: a wish. Out: changed view state; a copy begun.

use eframe::egui::Context;

use crate::app::{App, TOAST_S};
use crate::base::words::word;
use crate::ui::export::Form;
use crate::ui::ladder::{Against, LadderCommand, Tab};

/// Does one of them.
pub fn handle(app: &mut App, ctx: &Context, command: LadderCommand) {
    let Some(shown) = app.shown() else { return };
    let state = &mut shown.view;
    let said = match command {
        LadderCommand::ShowTab(tab) => {
            state.ladder.tab = tab;
            None
        }
        LadderCommand::NextTab => {
            let place = Tab::ALL.iter().position(|tab| *tab == state.ladder.tab).map_or(0, |n| n + 1);
            state.ladder.tab = Tab::ALL.get(place).copied().unwrap_or_default();
            None
        }
        LadderCommand::MarkBase => {
            let again = state.ladder.base == state.selection.message;
            state.ladder.base = state.selection.message.filter(|_| !again);
            state.ladder.against = state.ladder.base.map(|_| Against::Base);
            Some(word(if state.ladder.base.is_some() { "message.base_set" } else { "message.base_unset" }).to_owned())
        }
        LadderCommand::CompareWith(id) => {
            state.ladder.base = Some(id);
            state.ladder.against = Some(Against::Base);
            state.ladder.tab = Tab::Diff;
            None
        }
        LadderCommand::Against(against) => {
            state.ladder.against = Some(against);
            None
        }
        LadderCommand::ToggleVolatile => {
            state.ladder.volatile = !state.ladder.volatile;
            None
        }
        LadderCommand::ToggleSame => {
            state.ladder.same = !state.ladder.same;
            None
        }
        LadderCommand::AddCall(id) => {
            if let Some(subject) = state.selection.subject {
                state.ladder.add(subject, id);
            }
            None
        }
        LadderCommand::CopyText => return super::export::copy_ladder(app, ctx, Form::Text),
        LadderCommand::CopyMermaid => return super::export::copy_ladder(app, ctx, Form::Mermaid),
    };
    if let Some(said) = said {
        app.toast = Some((said, ctx.input(|i| i.time) + TOAST_S));
    }
}
