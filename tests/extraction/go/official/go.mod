module lantern.example/official
