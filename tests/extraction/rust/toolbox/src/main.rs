use rmcp::{ServerHandler, tool};

#[derive(Clone)]
struct Lamps;

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Sum {
    #[schemars(description = "the first number")]
    a: i32,
    b: i32,
}

#[tool(tool_box)]
impl Lamps {
    fn new() -> Self {
        Lamps
    }

    #[tool(description = "Count the lamps of two rooms")]
    fn count(&self, #[tool(aggr)] Sum { a, b }: Sum) -> String {
        (a + b).to_string()
    }

    #[tool(description = "Ring the bell")]
    fn ring(&self) -> String {
        String::new()
    }
}

#[tool(tool_box)]
impl ServerHandler for Lamps {}

fn main() {
    Lamps::new();
}
