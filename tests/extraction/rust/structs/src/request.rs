use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::HashMap;

fn minutes() -> u32 {
    30
}

/// What to light
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LightRequest {
    /// Which lamp,
    /// by its number
    pub lamp_id: u64,
    #[serde(default = "minutes")]
    pub how_long: u32,
    #[schemars(description = "Colour of the light")]
    pub colour: Option<Colour>,
    #[serde(rename = "tag-list", default)]
    pub tags: Vec<String>,
    pub place: Place,
    #[serde(skip)]
    pub internal: String,
    pub notes: HashMap<String, i32>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Colour {
    WarmWhite,
    #[serde(rename = "amber!")]
    Amber,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Place {
    pub room: String,
    pub height: f64,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Paging {
    /// Page, from 0
    pub page: Option<usize>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct FindRequest {
    pub room: Option<String>,
    #[serde(flatten)]
    pub paging: Paging,
}
