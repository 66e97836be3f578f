mod sharing;
mod values;
