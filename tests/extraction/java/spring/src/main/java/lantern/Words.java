package lantern;

final class Words {
    static final String HOT = "It gets hot.";
}
