//! Vectors, and the few functions that the platform's maths library would compute differently on
//! different machines.
//!
//! Everything drawn goes through IEEE additions, multiplications, divisions and square roots,
//! which are exact to the last bit everywhere; `f64::sin` and `f64::powf` are not, so they are
//! replaced here.

use std::f64::consts::{FRAC_2_PI, PI};
use std::ops::{Add, Mul, Neg, Sub};

/// A full turn in radians.
pub(crate) const TURN: f64 = 2.0 * PI;

/// A quarter turn in radians.
pub(crate) const FRAC_TURN_4: f64 = PI / 2.0;

/// A point or direction in space: x to the right, y away from the viewer of the front view, z up.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Vec3 {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) z: f64,
}

/// Short for building a [`Vec3`].
pub(crate) const fn v3(x: f64, y: f64, z: f64) -> Vec3 {
    Vec3 { x, y, z }
}

impl Vec3 {
    pub(crate) fn dot(self, other: Vec3) -> f64 {
        self.x * other.x + self.y * other.y + self.z * other.z
    }

    pub(crate) fn cross(self, other: Vec3) -> Vec3 {
        v3(
            self.y * other.z - self.z * other.y,
            self.z * other.x - self.x * other.z,
            self.x * other.y - self.y * other.x,
        )
    }

    pub(crate) fn length(self) -> f64 {
        self.dot(self).sqrt()
    }

    /// The direction; a zero vector gives up.
    pub(crate) fn unit(self) -> Vec3 {
        let length = self.length();
        if length > 1e-300 {
            self * (1.0 / length)
        } else {
            v3(0.0, 0.0, 1.0)
        }
    }

    pub(crate) fn lerp(self, other: Vec3, t: f64) -> Vec3 {
        self + (other - self) * t
    }

    pub(crate) fn min(self, other: Vec3) -> Vec3 {
        v3(
            self.x.min(other.x),
            self.y.min(other.y),
            self.z.min(other.z),
        )
    }

    pub(crate) fn max(self, other: Vec3) -> Vec3 {
        v3(
            self.x.max(other.x),
            self.y.max(other.y),
            self.z.max(other.z),
        )
    }
}

impl Add for Vec3 {
    type Output = Vec3;
    fn add(self, other: Vec3) -> Vec3 {
        v3(self.x + other.x, self.y + other.y, self.z + other.z)
    }
}

impl Sub for Vec3 {
    type Output = Vec3;
    fn sub(self, other: Vec3) -> Vec3 {
        v3(self.x - other.x, self.y - other.y, self.z - other.z)
    }
}

impl Mul<f64> for Vec3 {
    type Output = Vec3;
    fn mul(self, factor: f64) -> Vec3 {
        v3(self.x * factor, self.y * factor, self.z * factor)
    }
}

impl Neg for Vec3 {
    type Output = Vec3;
    fn neg(self) -> Vec3 {
        self * -1.0
    }
}

/// A point or direction in a plane.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Vec2 {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

/// Short for building a [`Vec2`].
pub(crate) const fn v2(x: f64, y: f64) -> Vec2 {
    Vec2 { x, y }
}

impl Vec2 {
    pub(crate) fn length(self) -> f64 {
        (self.x * self.x + self.y * self.y).sqrt()
    }

    /// The z component of the cross product: positive when `other` lies to the left.
    pub(crate) fn cross(self, other: Vec2) -> f64 {
        self.x * other.y - self.y * other.x
    }

    pub(crate) fn unit(self) -> Vec2 {
        let length = self.length();
        if length > 1e-300 {
            self * (1.0 / length)
        } else {
            v2(1.0, 0.0)
        }
    }

    pub(crate) fn lerp(self, other: Vec2, t: f64) -> Vec2 {
        self + (other - self) * t
    }
}

impl Add for Vec2 {
    type Output = Vec2;
    fn add(self, other: Vec2) -> Vec2 {
        v2(self.x + other.x, self.y + other.y)
    }
}

impl Sub for Vec2 {
    type Output = Vec2;
    fn sub(self, other: Vec2) -> Vec2 {
        v2(self.x - other.x, self.y - other.y)
    }
}

impl Mul<f64> for Vec2 {
    type Output = Vec2;
    fn mul(self, factor: f64) -> Vec2 {
        v2(self.x * factor, self.y * factor)
    }
}

/// Sine and cosine of an angle in radians, below 1e-15 off for angles up to a thousand turns.
///
/// Cody-Waite reduction to [-pi/4, pi/4], then Taylor polynomials, whose first neglected terms
/// (x^17/17!, x^18/18!) stay under 5e-17 there.
pub(crate) fn sin_cos(angle: f64) -> (f64, f64) {
    // The upper 33 bits of pi/2, so that `quarter * HIGH` is exact, and the rest.
    const HIGH: f64 = 1.570_796_326_734_125_6;
    const LOW: f64 = 6.077_100_506_506_192e-11;
    let quarter = (angle * FRAC_2_PI).round();
    let x = (angle - quarter * HIGH) - quarter * LOW;
    let y = x * x;
    let mut sine = 1.0;
    let mut cosine = 1.0;
    for k in (1..=7).rev() {
        let k = f64::from(k);
        sine = 1.0 - y / (2.0 * k * (2.0 * k + 1.0)) * sine;
    }
    for k in (1..=8).rev() {
        let k = f64::from(k);
        cosine = 1.0 - y / ((2.0 * k - 1.0) * 2.0 * k) * cosine;
    }
    sine *= x;
    match (quarter as i64).rem_euclid(4) {
        0 => (sine, cosine),
        1 => (cosine, -sine),
        2 => (-sine, -cosine),
        _ => (-cosine, sine),
    }
}

/// `base` to a whole power, by squaring.
pub(crate) fn power(base: f64, exponent: u32) -> f64 {
    let mut result = 1.0;
    let mut square = base;
    let mut left = exponent;
    while left > 0 {
        if left & 1 == 1 {
            result *= square;
        }
        square *= square;
        left >>= 1;
    }
    result
}

/// 0 below `from`, 1 above `to`, a smooth S between.
pub(crate) fn smoothstep(from: f64, to: f64, x: f64) -> f64 {
    let t = ((x - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// A value between `from` and `to`.
pub(crate) fn mix(from: f64, to: f64, t: f64) -> f64 {
    from + (to - from) * t
}

/// A placement in space: three axes (columns) and an origin.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placement {
    pub(crate) x: Vec3,
    pub(crate) y: Vec3,
    pub(crate) z: Vec3,
    pub(crate) origin: Vec3,
}

impl Placement {
    pub(crate) const IDENTITY: Placement = Placement {
        x: v3(1.0, 0.0, 0.0),
        y: v3(0.0, 1.0, 0.0),
        z: v3(0.0, 0.0, 1.0),
        origin: v3(0.0, 0.0, 0.0),
    };

    pub(crate) fn at(x: f64, y: f64, z: f64) -> Placement {
        Placement {
            origin: v3(x, y, z),
            ..Placement::IDENTITY
        }
    }

    /// This placement after a turn by `angle` radians about the x axis (y towards z).
    pub(crate) fn turn_x(self, angle: f64) -> Placement {
        let (s, c) = sin_cos(angle);
        self.map(|p| v3(p.x, c * p.y - s * p.z, s * p.y + c * p.z))
    }

    /// This placement after a turn by `angle` radians about the y axis (z towards x).
    pub(crate) fn turn_y(self, angle: f64) -> Placement {
        let (s, c) = sin_cos(angle);
        self.map(|p| v3(c * p.x + s * p.z, p.y, c * p.z - s * p.x))
    }

    /// This placement after a turn by `angle` radians about the z axis (x towards y).
    pub(crate) fn turn_z(self, angle: f64) -> Placement {
        let (s, c) = sin_cos(angle);
        self.map(|p| v3(c * p.x - s * p.y, s * p.x + c * p.y, p.z))
    }

    /// This placement after a shift.
    pub(crate) fn shift(self, x: f64, y: f64, z: f64) -> Placement {
        Placement {
            origin: self.origin + v3(x, y, z),
            ..self
        }
    }

    fn map(self, turn: impl Fn(Vec3) -> Vec3) -> Placement {
        Placement {
            x: turn(self.x),
            y: turn(self.y),
            z: turn(self.z),
            origin: turn(self.origin),
        }
    }

    /// Where a point lands.
    pub(crate) fn point(&self, p: Vec3) -> Vec3 {
        self.origin + self.x * p.x + self.y * p.y + self.z * p.z
    }

    /// Where a direction points.
    pub(crate) fn direction(&self, d: Vec3) -> Vec3 {
        self.x * d.x + self.y * d.y + self.z * d.z
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sine_and_cosine_agree_with_the_library() {
        for step in -4000..4000 {
            let angle = f64::from(step) * 0.0137;
            let (s, c) = sin_cos(angle);
            assert!((s - angle.sin()).abs() < 1e-14, "sin {angle}");
            assert!((c - angle.cos()).abs() < 1e-14, "cos {angle}");
        }
    }

    #[test]
    fn powers_multiply() {
        assert_eq!(power(3.0, 5), 243.0);
        assert_eq!(power(2.0, 0), 1.0);
    }
}
