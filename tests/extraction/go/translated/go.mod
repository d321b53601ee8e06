module lantern.example/translated
