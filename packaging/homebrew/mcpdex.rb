class Mcpdex < Formula
  desc "Index the tools of MCP servers and say how dangerous each one is"
  homepage "@REPOSITORY@"
  url "@REPOSITORY@/releases/download/v@VERSION@/mcpdex-@TARGET@.tar.gz"
  version "@VERSION@"
  sha256 "@SHA256@"
  license any_of: ["MIT", "Apache-2.0"]

  def install
    bin.install "mcpdex"
    man1.install Dir["man/*.1"]
    bash_completion.install "completions/mcpdex.bash" => "mcpdex"
    zsh_completion.install "completions/mcpdex.zsh" => "_mcpdex"
    fish_completion.install "completions/mcpdex.fish"
  end

  test do
    assert_match "mcpdex #{version}", shell_output("#{bin}/mcpdex --version")
    system bin/"mcpdex", "--db", testpath/"t.db", "crawl", "sample"
  end
end
