//! What many sites see together: one sky, and who beyond a site's border must know.
//!
//! In: tracks and impacts as each site reports them ([`Report`]), in the region's local
//! frame. Out: fused tracks ([`Fused`]), the impacts that each site does not see itself
//! ([`Region::look`]), and warnings in place of a site that is not heard.
//!
//! Limits: the sites' clocks agree to some ten milliseconds (NTP); a site whose survey is
//! off by more than the gate allows shows its own copy of each object.

mod border;
mod fuse;
mod intersect;

pub use border::{Look, Member, Region, in_frame_of};
pub use fuse::{Fused, Fuser, Report};
pub use intersect::{Intersection, intersect};

#[cfg(test)]
mod tests;
