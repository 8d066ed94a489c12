//! Tests of the real binary, as users and scripts run it.

mod architecture;
mod broken_input;
mod crash;
mod embed;
mod main_job;
mod serve;
mod support;
