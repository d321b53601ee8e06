class Snippet {
    public static void main(String[] args) {
        server.addTool(new Specification(new Tool("snippet", "From the documentation", "{}"), null));
    }
}
