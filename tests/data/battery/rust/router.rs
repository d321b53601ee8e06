use rmcp::{ServerHandler, ServiceExt, handler::server::wrapper::Parameters, schemars, tool, tool_handler, tool_router, transport::stdio};

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Pot {
    /// Which pot.
    name: String,
}

#[derive(Clone)]
struct Kiln;

#[tool_router]
impl Kiln {
    #[tool(description = "Lists the pots in the kiln.")]
    async fn list_pots(&self) -> String {
        String::new()
    }

    /// Breaks a pot for good.
    #[tool]
    async fn break_pot(&self, Parameters(pot): Parameters<Pot>) -> String {
        String::new()
    }
}

#[tool_handler]
impl ServerHandler for Kiln {}

#[tokio::main]
async fn main() {
    Kiln.serve(stdio()).await.unwrap().waiting().await.unwrap();
}
