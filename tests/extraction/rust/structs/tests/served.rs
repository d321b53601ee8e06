#[tool_router]
impl Lantern {
    #[tool(description = "From the tests folder")]
    fn from_tests(&self) {}
}
fn main() { Lantern::new(); }
