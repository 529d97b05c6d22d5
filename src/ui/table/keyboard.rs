//! The keys of a table that has the keyboard. In: events. Out: a moved cursor, rows chosen, wishes. One stop of Tab; arrows lead through
//! rows, and from the first row up to the heads, where Left and Right choose a head, Enter sorts by it, and Shift with them sets its
//! width.

use eframe::egui::{Event, Key, Modifiers, Ui};

use super::paint::Act;
use super::{Column, TableState};

/// Points that a key makes a column wider.
const STEP: f32 = 8.0;

/// Does what the keys of this frame ask for.
pub fn answer(ui: &Ui, state: &mut TableState, columns: &[&'static Column], page: usize, acts: &mut Vec<Act>) {
    for event in ui.input(|input| input.events.clone()) {
        match event {
            Event::Copy => acts.push(Act::Copy(super::copy::Form::Text)),
            Event::Key { key, pressed: true, modifiers, .. } if !modifiers.alt => {
                if state.head.is_some() {
                    in_heads(state, columns, key, modifiers);
                } else {
                    in_rows(state, key, modifiers, page, acts);
                }
            }
            _ => {}
        }
    }
}

fn in_heads(state: &mut TableState, columns: &[&'static Column], key: Key, modifiers: Modifiers) {
    let Some(place) = state.head else { return };
    let last = columns.len().saturating_sub(1);
    let column = columns.get(place);
    match (key, column) {
        (Key::ArrowLeft | Key::ArrowRight, Some(column)) if modifiers.shift => {
            let by = if key == Key::ArrowLeft { -STEP } else { STEP };
            state.layout.set_width(column, state.layout.width(column) + by);
        }
        (Key::ArrowLeft, _) => state.head = Some(place.saturating_sub(1)),
        (Key::ArrowRight, _) => state.head = Some((place + 1).min(last)),
        (Key::Home, _) => state.head = Some(0),
        (Key::End, _) => state.head = Some(last),
        (Key::ArrowDown | Key::Escape, _) => state.head = None,
        _ => {}
    }
}

fn in_rows(state: &mut TableState, key: Key, modifiers: Modifiers, page: usize, acts: &mut Vec<Act>) {
    let last = state.rows().len().saturating_sub(1);
    let here = state.cursor.min(last);
    if key == Key::A && modifiers.command {
        state.all = true;
        return;
    }
    if modifiers.command {
        return;
    }
    let to = match key {
        Key::ArrowUp if here == 0 && !modifiers.shift => {
            state.head = Some(0);
            return;
        }
        Key::ArrowUp => here.saturating_sub(1),
        Key::ArrowDown => (here + 1).min(last),
        Key::PageUp => here.saturating_sub(page),
        Key::PageDown => (here + page).min(last),
        Key::Home => 0,
        Key::End => last,
        Key::Enter => {
            acts.push(Act::Enter(here));
            return;
        }
        _ => return,
    };
    state.cursor = to;
    if modifiers.shift {
        state.extend(to);
    } else {
        state.mark_only(to);
        acts.push(Act::Follow(to));
    }
    acts.push(Act::See(to));
}
