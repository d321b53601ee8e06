//! A library: whoever uses it serves the handler.

pub mod report {
    use rmcp::{Json, tool, tool_handler, tool_router};

    #[derive(serde::Serialize, schemars::JsonSchema)]
    pub struct Report {
        /// Lamps that burn
        pub burning: u16,
    }

    pub struct Reporter {
        tool_router: ToolRouter<Self>,
    }

    #[tool_router]
    impl Reporter {
        /// Report what burns
        #[tool]
        pub async fn report(&self, Parameters(query): Parameters<serde_json::Value>) -> Result<Json<Report>, String> {
            todo(query)
        }

        #[tool(description = "Takes a type of another crate")]
        pub fn foreign(&self, Parameters(query): Parameters<other_crate::Query>) -> String {
            todo(query)
        }
    }

    #[tool_handler]
    impl rmcp::ServerHandler for Reporter {}
}

mod apart {
    pub struct Bare;

    #[tool_router]
    impl Bare {
        #[tool(description = "No handler serves this type")]
        fn bare(&self) {}
    }
}
