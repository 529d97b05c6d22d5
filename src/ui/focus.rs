//! The focus of the keyboard. In: rows and panels as they are painted. Out: one stop of Tab for each list, arrows inside it, F6 from
//! panel to panel. Must not know what a row means.
//!
//! egui gives each thing that can be clicked a stop of its own and lets arrows jump to whatever lies nearest. Here only one row of
//! a list can take the focus: the one that has it, else the chosen one, else the first. Arrows hand it to the neighbour; at the edge
//! of what is painted the list is scrolled first, so that lists that paint only what is seen work alike.

use eframe::egui::{Context, FocusDirection, Id, Key, Rect, Response, Ui, Vec2, style::ScrollAnimation};

/// Passes that a list gets to paint the neighbour after it was scrolled.
const PATIENCE: u8 = 3;

/// The rows of one list that were painted.
#[derive(Clone, Debug, Default)]
struct Group {
    pass: u64,
    /// The pass in which the focus moved: the neighbour must not hand it on in the same one.
    moved: u64,
    /// The row that Tab leads to.
    stop: Option<Id>,
    selected: Option<Id>,
    /// Rows of this pass, and of the last one, from the top.
    rows: Vec<Id>,
    before: Vec<Id>,
    /// This row has just got the focus and wants to be seen.
    reveal: Option<Id>,
    /// Neighbour wanted that was not painted yet, and for how many passes it is waited for.
    wanted: Option<(i32, u8)>,
}

/// The row that has the focus.
#[derive(Clone, Copy, Debug, Default)]
struct InList(Option<Id>);

/// The table that has it.
#[derive(Clone, Copy, Debug, Default)]
struct InTable(Option<Id>);

/// The row whose view has keys of its own for Enter and Space.
#[derive(Clone, Copy, Debug, Default)]
struct WithKeys(Option<Id>);

/// Panels painted, and the one that the focus should go to.
#[derive(Clone, Debug, Default)]
struct Panels {
    pass: u64,
    depth: u32,
    order: Vec<(Id, Rect)>,
    before: Vec<(Id, Rect)>,
    wanted: Option<(Id, i32, usize)>,
}

fn with<T: Clone + Default + Send + Sync + 'static, R>(ctx: &Context, id: Id, change: impl FnOnce(&mut T) -> R) -> R {
    ctx.data_mut(|data| change(data.get_temp_mut_or_default::<T>(id)))
}

/// Announces a row of a list before it is shown; true when it is the one that can take the focus.
pub fn row(ctx: &Context, list: Id, row: Id, selected: bool) -> bool {
    let (pass, focused) = (ctx.cumulative_pass_nr(), ctx.memory(|memory| memory.focused()));
    with(ctx, list, |group: &mut Group| {
        if group.pass != pass {
            group.pass = pass;
            group.before = std::mem::take(&mut group.rows);
            let kept = focused.filter(|id| group.before.contains(id));
            group.stop = kept.or(group.selected.take()).or(group.before.first().copied()).or(Some(row));
        }
        if selected {
            group.selected = Some(row);
        }
        group.rows.push(row);
        group.stop == Some(row)
    })
}

/// After a row was shown: arrows hand the focus to its neighbour.
pub fn rove(ui: &Ui, list: Id, response: &Response) {
    let ctx = ui.ctx();
    if with(ctx, list, |group: &mut Group| group.reveal.take_if(|id| *id == response.id).is_some()) {
        ui.scroll_to_rect_animation(response.rect, None, ScrollAnimation::none());
    }
    if !response.has_focus() {
        return;
    }
    still(ctx);
    with(ctx, Id::unique("focus-in-list"), |in_list: &mut InList| in_list.0 = Some(response.id));
    let presses = |key| ctx.input(|input| i32::try_from(input.num_presses(key)).unwrap_or(0));
    let on = presses(Key::ArrowDown) + presses(Key::ArrowRight);
    let step = if ctx.input(|input| input.modifiers.any()) { 0 } else { on - presses(Key::ArrowUp) - presses(Key::ArrowLeft) };
    let wanted = with(ctx, list, |group: &mut Group| match group.wanted.take() {
        _ if group.moved == group.pass => None,
        _ if step != 0 => Some((step, PATIENCE)),
        Some((step, patience)) if patience > 0 => Some((step, patience - 1)),
        _ => None,
    });
    let Some((step, patience)) = wanted else { return };
    let neighbour = with(ctx, list, |group: &mut Group| {
        // Rows below this one are not painted yet in this pass.
        let place = group.before.iter().position(|id| *id == response.id)?;
        let next = group.before.get(place.checked_add_signed(step as isize)?).copied()?;
        group.stop = Some(next);
        group.reveal = Some(next);
        group.moved = group.pass;
        Some(next)
    });
    match neighbour {
        Some(next) => ctx.memory_mut(|memory| memory.request_focus(next)),
        None => {
            with(ctx, list, |group: &mut Group| group.wanted = Some((step.signum(), patience)));
            let by = response.rect.height() * -(step.signum() as f32);
            ui.scroll_with_delta_animation(Vec2::new(0.0, by), ScrollAnimation::none());
        }
    }
    ctx.request_repaint();
}

/// Arrows do not jump to whatever lies nearest to what has the focus.
pub fn still(ctx: &Context) {
    let arrow = |key| ctx.input(|input| input.key_pressed(key));
    if [Key::ArrowUp, Key::ArrowDown, Key::ArrowLeft, Key::ArrowRight].into_iter().any(arrow) {
        ctx.memory_mut(|memory| memory.move_focus(FocusDirection::None));
    }
}

/// Does a row of a list have the focus?
pub fn in_list(ctx: &Context) -> bool {
    let row = with(ctx, Id::unique("focus-in-list"), |in_list: &mut InList| in_list.0);
    row.is_some() && ctx.memory(|memory| memory.focused()) == row
}

fn panels<R>(ctx: &Context, change: impl FnOnce(&mut Panels) -> R) -> R {
    with(ctx, Id::unique("focus-panels"), change)
}

/// A panel begins; panels inside a panel are part of it.
pub fn begin_panel(ctx: &Context, id: Id, rect: Rect) {
    let pass = ctx.cumulative_pass_nr();
    let wanted = panels(ctx, |panels| {
        if panels.pass != pass {
            panels.pass = pass;
            panels.depth = 0;
            panels.before = std::mem::take(&mut panels.order);
        }
        panels.depth += 1;
        if panels.depth == 1 {
            panels.order.push((id, rect));
        }
        panels.wanted.is_some_and(|(wanted, ..)| wanted == id)
    });
    if wanted {
        ctx.memory_mut(|memory| {
            if let Some(focused) = memory.focused() {
                memory.surrender_focus(focused);
            }
            // The first thing from here on that can take the focus gets it.
            memory.move_focus(FocusDirection::Next);
        });
    }
}

/// A panel ends; when nothing in it could take the focus, the next one is asked.
pub fn end_panel(ctx: &Context, id: Id) {
    let taken = ctx.memory(|memory| memory.focused()).is_some();
    let passed_on = panels(ctx, |panels| {
        panels.depth = panels.depth.saturating_sub(1);
        let (_, way, tries) = panels.wanted.take_if(|(wanted, ..)| *wanted == id)?;
        let list = if panels.before.is_empty() { &panels.order } else { &panels.before };
        if !taken && tries > 0 {
            let place = list.iter().position(|(panel, _)| *panel == id)?;
            panels.wanted = list.get(turned(place, way, list.len())).map(|(next, _)| (*next, way, tries - 1));
        }
        Some(!taken)
    });
    if passed_on == Some(true) {
        ctx.memory_mut(|memory| memory.move_focus(FocusDirection::None));
        ctx.request_repaint();
    }
}

fn turned(place: usize, way: i32, count: usize) -> usize {
    let count = i64::try_from(count.max(1)).unwrap_or(1);
    let place = (i64::try_from(place).unwrap_or(0) + i64::from(way)).rem_euclid(count);
    usize::try_from(place).unwrap_or(0)
}

/// The focus goes to the next or previous panel in the next frame. To be asked after all panels were painted.
pub fn next_panel(ctx: &Context, way: i32) {
    let focused = ctx.memory(|memory| memory.focused()).and_then(|id| ctx.read_response(id)).map(|r| r.rect.center());
    panels(ctx, |panels| {
        let here = focused.and_then(|at| panels.order.iter().position(|(_, rect)| rect.contains(at)));
        let count = panels.order.len();
        let place = match here {
            Some(place) => turned(place, way, count),
            None if way < 0 => count.saturating_sub(1),
            None => 0,
        };
        panels.wanted = panels.order.get(place).map(|(id, _)| (*id, way, count));
    });
    ctx.request_repaint();
}

/// The row of a table that the keyboard talks to: the table itself answers arrows, Home and End, pages, Ctrl A and Ctrl C.
pub fn hold(ctx: &Context, id: Id) {
    still(ctx);
    with(ctx, Id::unique("focus-in-list"), |in_list: &mut InList| in_list.0 = Some(id));
    with(ctx, Id::unique("focus-in-table"), |in_table: &mut InTable| in_table.0 = Some(id));
}

/// Does a table have the focus?
pub fn in_table(ctx: &Context) -> bool {
    let table = with(ctx, Id::unique("focus-in-table"), |in_table: &mut InTable| in_table.0);
    table.is_some() && ctx.memory(|memory| memory.focused()) == table
}

/// This row leaves Enter and Space to the keys of its view.
pub fn leave_keys(ctx: &Context, id: Id) {
    still(ctx);
    with(ctx, Id::unique("focus-with-keys"), |row: &mut WithKeys| row.0 = Some(id));
}

/// Does something have the focus that Enter and Space press?
pub fn pressable(ctx: &Context) -> bool {
    let focused = ctx.memory(|memory| memory.focused());
    focused.is_some() && focused != with(ctx, Id::unique("focus-with-keys"), |row: &mut WithKeys| row.0)
}
