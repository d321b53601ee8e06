use rmcp::{ServerHandler, tool, tool_handler, tool_router};

struct Shed;

macro_rules! shed_tools {
    ($($name:ident),*) => {
        #[tool_router(router = made_router)]
        impl Shed {
            $(#[tool(description = "Empties a box.")] async fn $name(&self) -> String { String::new() })*
        }
    };
}

shed_tools!(empty_red, empty_blue);

#[tool_router]
impl Shed {
    #[tool(description = "Lists the boxes.")]
    async fn list_boxes(&self) -> String {
        String::new()
    }
}

#[tool_handler]
impl ServerHandler for Shed {}

fn main() {
    serve(Shed);
}
