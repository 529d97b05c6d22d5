//! Who is who in a dialog: all messages with one Call-ID hang together by their tags (RFC 3261 §12.1). In: messages. Out: for each the
//! component it belongs to and whether the client being its requester means the client being the component's reference side.

use std::collections::HashMap;

use crate::sip::Message;

/// Sides of dialogs, joined with parity: two tags of one message are opposite sides.
#[derive(Debug, Default)]
pub struct Sides {
    nodes: HashMap<(String, String), usize>,
    parent: Vec<usize>,
    flipped: Vec<bool>,
    /// Components in which a tag would have to be on both sides.
    contradictory: Vec<bool>,
    /// Node of the requester of each message.
    of: Vec<usize>,
}

impl Sides {
    /// Joins the tags of all messages.
    pub fn new<'a>(messages: impl Iterator<Item = &'a Message>) -> Self {
        let mut sides = Self::default();
        for (at, message) in messages.enumerate() {
            let tag = |name: &str| {
                let value = message.header(name)?;
                crate::sip::header::NameAddr::parse(value).tag().map(str::to_owned)
            };
            // Without a Call-ID a message hangs together with nothing.
            let call_id = message.call_id().map_or_else(|| format!("\u{0}{at}"), str::to_owned);
            let from = sides.node(&call_id, tag("From").unwrap_or_default());
            sides.of.push(from);
            if let Some(to) = tag("To") {
                let to = sides.node(&call_id, to);
                sides.oppose(from, to);
            }
        }
        sides
    }

    fn node(&mut self, call_id: &str, tag: String) -> usize {
        let fresh = self.parent.len();
        let node = *self.nodes.entry((call_id.to_owned(), tag)).or_insert(fresh);
        if node == fresh {
            self.parent.push(fresh);
            self.flipped.push(false);
            self.contradictory.push(false);
        }
        node
    }

    /// Root of a node, and whether it is on the other side than the root.
    fn root(&mut self, node: usize) -> (usize, bool) {
        let (mut at, mut flip) = (node, false);
        let mut path = Vec::new();
        while let Some(parent) = self.parent.get(at).copied().filter(|p| *p != at) {
            path.push((at, flip));
            flip ^= self.flipped.get(at).copied().unwrap_or(false);
            at = parent;
        }
        for (step, before) in path {
            if let (Some(parent), Some(flipped)) = (self.parent.get_mut(step), self.flipped.get_mut(step)) {
                *parent = at;
                *flipped = before ^ flip;
            }
        }
        (at, flip)
    }

    fn oppose(&mut self, one: usize, other: usize) {
        let ((a, flip_a), (b, flip_b)) = (self.root(one), self.root(other));
        if a == b {
            if flip_a == flip_b
                && let Some(mark) = self.contradictory.get_mut(a)
            {
                *mark = true;
            }
            return;
        }
        // Towards the older node, so that the same messages give the same roots.
        let (root, child) = (a.min(b), a.max(b));
        let bad = self.contradictory.get(child).copied().unwrap_or(false);
        if let (Some(parent), Some(flipped)) = (self.parent.get_mut(child), self.flipped.get_mut(child)) {
            *parent = root;
            *flipped = !(flip_a ^ flip_b);
        }
        if let Some(mark) = self.contradictory.get_mut(root) {
            *mark |= bad;
        }
    }

    /// Component of the message, and whether its requester is on the other side than the component's reference; `None` when its tags
    /// contradict each other.
    pub fn of(&mut self, message: usize) -> Option<(usize, bool)> {
        let node = self.of.get(message).copied()?;
        let (root, flip) = self.root(node);
        (!self.contradictory.get(root).copied().unwrap_or(true)).then_some((root, flip))
    }
}
