//! What the window shows of private values: originals, or pseudonyms in screenshot-safe mode. In: the outlet that the program sets for
//! a frame or a job. Out: the same for every text of this thread. Must not know where texts stand.

use std::cell::RefCell;

use crate::export::Outlet;

thread_local! {
    static OUTLET: RefCell<Outlet> = RefCell::new(Outlet::originals());
}

/// The outlet that was there before comes back when this is dropped.
#[must_use = "values are shown this way only as long as this lives"]
#[derive(Debug)]
pub struct Shown {
    before: Outlet,
    /// It belongs to the thread that made it.
    of_thread: std::marker::PhantomData<*const ()>,
}

impl Drop for Shown {
    fn drop(&mut self) {
        let before = std::mem::replace(&mut self.before, Outlet::originals());
        OUTLET.set(before);
    }
}

/// Shows values through this outlet on this thread until the result is dropped.
pub fn show(outlet: Outlet) -> Shown {
    Shown { before: OUTLET.replace(outlet), of_thread: std::marker::PhantomData }
}

/// The way out for what is shown or copied now.
pub fn outlet() -> Outlet {
    OUTLET.with_borrow(Clone::clone)
}

/// Are pseudonyms shown?
pub fn on() -> bool {
    OUTLET.with_borrow(Outlet::redacted)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::base::{Private, PrivateKind};
    use crate::export::redact::{Vault, Wishes};
    use crate::ui::text;

    #[test]
    fn a_value_is_shown_as_the_outlet_says_and_as_before_afterwards() {
        let anna = Private::new(PrivateKind::User, "anna.svobodova");
        assert_eq!((text::private(&anna).as_str(), on()), ("anna.svobodova", false));
        {
            let _safe = show(Outlet::pseudonyms(Arc::new(Vault::of(&[], &Wishes::default()))));
            assert!(on() && text::private(&anna) != "anna.svobodova");
        }
        assert_eq!(text::private(&anna), "anna.svobodova");
    }
}
