use rmcp::{ServerHandler, tool, tool_handler, tool_router};

struct Pond;

#[tool_router]
impl Pond {
    #[tool(description = "Tells how deep the pond is.")]
    async fn pond_depth(&self) -> String {
        String::new()
    }

    #[cfg(feature = "draining")]
    #[tool(description = "Drains the pond.")]
    async fn pond_drain(&self) -> String {
        String::new()
    }
}

#[tool_handler]
impl ServerHandler for Pond {}

fn main() {
    serve(Pond);
}
