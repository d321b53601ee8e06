use rmcp::{ServerHandler, tool, tool_handler, tool_router};

struct Dairy;

#[tool_router]
impl Dairy {
    #[tool(description = "Weighs milk.")]
    async fn weigh_milk(&self) -> String {
        String::new()
    }
}

include!(concat!(env!("OUT_DIR"), "/pouring.rs"));

#[tool_handler]
impl ServerHandler for Dairy {}

fn main() {
    serve(Dairy);
}
