mod generated;
mod sharing;
mod values;
