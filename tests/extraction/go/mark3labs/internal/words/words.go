package words

import "os"

const (
	ID      = "identifier"
	Warning = "It gets hot."
)

func FromEnvironment() string {
	return os.Getenv("LANTERN_NAME")
}
