package lantern;

record Settings(String prefix) {}

enum Names {
    LIGHT("light"), COUNT("count");

    private final String text;

    Names(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }
}
