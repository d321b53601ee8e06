module lantern.example/mark3labs

go 1.23
