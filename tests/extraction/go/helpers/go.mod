module lantern.example/helpers
