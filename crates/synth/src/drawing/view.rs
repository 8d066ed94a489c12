//! The directions from which a design is drawn.

use crate::math::{Vec3, sin_cos, v3};

/// The views of a design patent, in the order of its figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum View {
    Perspective,
    Front,
    Back,
    Left,
    Right,
    Top,
    Bottom,
}

impl View {
    pub(crate) const ALL: [View; 7] = [
        View::Perspective,
        View::Front,
        View::Back,
        View::Left,
        View::Right,
        View::Top,
        View::Bottom,
    ];

    /// The name in `ground-truth.json`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            View::Perspective => "perspective",
            View::Front => "front",
            View::Back => "back",
            View::Left => "left",
            View::Right => "right",
            View::Top => "top",
            View::Bottom => "bottom",
        }
    }

    /// The axes of the picture; a perspective is seen from `azimuth` (radians, from the front
    /// towards the right) and `elevation` (radians above the floor).
    pub(crate) fn axes(self, azimuth: f64, elevation: f64) -> Axes {
        let axes = |right, up| Axes { right, up };
        match self {
            View::Perspective => Axes::looking(azimuth, elevation),
            View::Front => axes(v3(1.0, 0.0, 0.0), v3(0.0, 0.0, 1.0)),
            View::Back => axes(v3(-1.0, 0.0, 0.0), v3(0.0, 0.0, 1.0)),
            View::Left => axes(v3(0.0, -1.0, 0.0), v3(0.0, 0.0, 1.0)),
            View::Right => axes(v3(0.0, 1.0, 0.0), v3(0.0, 0.0, 1.0)),
            View::Top => axes(v3(1.0, 0.0, 0.0), v3(0.0, 1.0, 0.0)),
            View::Bottom => axes(v3(1.0, 0.0, 0.0), v3(0.0, -1.0, 0.0)),
        }
    }
}

/// A direction of sight, by what is to the right and what is up in the picture.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Axes {
    pub(crate) right: Vec3,
    pub(crate) up: Vec3,
}

impl Axes {
    /// Seen from a direction: radians from the front towards the right, and above the floor.
    pub(crate) fn looking(azimuth: f64, elevation: f64) -> Axes {
        let (sa, ca) = sin_cos(azimuth);
        let (se, ce) = sin_cos(elevation);
        let towards_viewer = v3(sa * ce, -ca * ce, se);
        let right = v3(ca, sa, 0.0);
        Axes {
            right,
            up: towards_viewer.cross(right),
        }
    }

    /// The direction from the object to the viewer.
    pub(crate) fn towards_viewer(&self) -> Vec3 {
        self.right.cross(self.up)
    }

    /// A point in the picture's axes: right, up, and away from the viewer.
    pub(crate) fn project(&self, point: Vec3) -> Vec3 {
        v3(
            point.dot(self.right),
            point.dot(self.up),
            -point.dot(self.towards_viewer()),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn views_look_from_where_they_say() {
        let toward = |view: View| view.axes(0.0, 0.0).towards_viewer();
        assert_eq!(toward(View::Front), v3(0.0, -1.0, 0.0));
        assert_eq!(toward(View::Back), v3(0.0, 1.0, 0.0));
        assert_eq!(toward(View::Left), v3(-1.0, 0.0, 0.0));
        assert_eq!(toward(View::Right), v3(1.0, 0.0, 0.0));
        assert_eq!(toward(View::Top), v3(0.0, 0.0, 1.0));
        assert_eq!(toward(View::Bottom), v3(0.0, 0.0, -1.0));
        let from_right = Axes::looking(std::f64::consts::FRAC_PI_2, 0.0);
        assert!((from_right.towards_viewer() - v3(1.0, 0.0, 0.0)).length() < 1e-12);
    }
}
