package lantern;

public class Room {
    @JsonProperty("room-name")
    private String name;
    private transient int internal;
    @JsonIgnore
    private String secret;
    private long number;
}
