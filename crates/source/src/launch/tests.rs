//! The grammar of runners, bridges and wrappers by examples: what a line starts, and what it must never be taken for.

use super::{Starts, Why, read, split};

fn starts(line: &str) -> String {
    let words = split(line).unwrap_or_else(|| panic!("{line} is no plain command"));
    let reading = read(&words);
    let bridge = if reading.bridge { " behind a bridge" } else { "" };
    let loose = if reading.unpinned { " unpinned" } else { "" };
    let what = match reading.starts {
        Starts::Package(run) => run.package.to_string(),
        Starts::Address { url, .. } => url,
        Starts::Download { fixed } => if fixed { "a fixed download" } else { "a download" }.to_owned(),
        Starts::Template => "a template".to_owned(),
        Starts::Unsaid => "unsaid".to_owned(),
        Starts::Local(local) => format!("{:?}", local.why),
    };
    format!("{what}{bridge}{loose}")
}

#[test]
fn the_grammar_of_a_runner_leads_to_its_package() {
    for (line, expected) in [
        ("npx -y @clay/kiln@1.2.3 --port 7", "npm:@clay/kiln@1.2.3"),
        ("npx --yes kiln@latest", "npm:kiln unpinned"),
        ("npx -p @clay/kiln kiln-server", "npm:@clay/kiln unpinned"),
        ("npx pot@npm:@clay/kiln@1.0.0", "npm:@clay/kiln@1.0.0"),
        ("npx --loglevel error --no-audit kiln@1.0.0", "npm:kiln@1.0.0"),
        ("cmd /c npx kiln@^2", "npm:kiln unpinned"),
        ("cmd /d /s /c npx kiln@1.0.0", "npm:kiln@1.0.0"),
        ("/usr/bin/bunx kiln@1.0.0", "npm:kiln@1.0.0"),
        ("~/.bun/bin/bunx kiln@1.0.0", "npm:kiln@1.0.0"),
        ("pnpm --package=kiln@1.0.0 dlx pot", "npm:kiln@1.0.0"),
        ("yarn dlx -q -p kiln@1.0.0 pot", "npm:kiln@1.0.0"),
        ("npm exec --yes -- kiln@1.0.0", "npm:kiln@1.0.0"),
        ("npx cross-env A=b npx kiln@1.0.0", "npm:kiln@1.0.0"),
        ("uvx Clay_Kiln==0.3", "pypi:clay-kiln@0.3"),
        ("uvx --python 3.12 --from kiln[all]==1 kiln-mcp", "pypi:kiln@1"),
        ("uvx -p3.12 kiln@2", "pypi:kiln@2"),
        ("uv tool run kiln==1.*", "pypi:kiln unpinned"),
        ("uv --directory /srv tool run 'kiln>=1'", "pypi:kiln unpinned"),
        ("python3 -m pipx run --spec kiln==1 pot", "pypi:kiln@1"),
        ("docker run -i --rm -e KEY --add-host a:b clay.example/kiln:1.0.0", "oci:clay.example/kiln:1.0.0"),
        ("docker --context far container run -itv /a:/b clay.example/kiln", "oci:clay.example/kiln unpinned"),
        ("docker run -i node:20 npx -y kiln@1.0.0", "npm:kiln@1.0.0"),
        ("podman run --entrypoint uvx python:3.12 kiln==1", "pypi:kiln@1"),
        ("deno run -A npm:@clay/kiln@1.0.0/server", "npm:@clay/kiln@1.0.0"),
        ("deno run --allow-net=a.example npm:kiln", "npm:kiln unpinned"),
        ("dnx Clay.Kiln@1.0.0 --yes -- serve", "nuget:Clay.Kiln@1.0.0"),
        ("dotnet tool exec Clay.Kiln --version 1.2.3", "nuget:Clay.Kiln@1.2.3"),
        ("env -u HOME A=b npx kiln@1.0.0", "npm:kiln@1.0.0"),
        ("A=b C=d npx kiln@1.0.0", "npm:kiln@1.0.0"),
        ("bash -lc 'exec npx -y kiln@1.0.0'", "npm:kiln@1.0.0"),
        ("powershell -NoProfile -Command 'npx -y kiln@1.0.0'", "npm:kiln@1.0.0"),
        ("wsl -d Clay -e npx kiln@1.0.0", "npm:kiln@1.0.0"),
        ("op run --env-file=.env -- uvx kiln==1", "pypi:kiln@1"),
        ("mise x node@20 -- npx kiln@1.0.0", "npm:kiln@1.0.0"),
        ("timeout -k 5 30 npx kiln@1.0.0", "npm:kiln@1.0.0"),
        ("fnm exec --using=20 npx kiln@1.0.0", "npm:kiln@1.0.0"),
        ("node --no-warnings /usr/lib/node_modules/npm/bin/npx-cli.js kiln@1.0.0", "npm:kiln@1.0.0"),
    ] {
        assert_eq!(starts(line), expected, "{line}");
    }
}

#[test]
fn what_lies_here_is_no_package_of_that_name() {
    for (line, expected) in [
        ("uv run server.py", Why::Script),
        ("uv run --directory /srv/pay server.py", Why::Script),
        ("uv run --with fastmcp fastmcp run server.py", Why::Script),
        ("uv run kiln", Why::Script),
        ("uvx --from mcp[cli] mcp run server.py", Why::Script),
        ("uvx fastmcp run server.py:app", Why::Script),
        ("uvx server.py", Why::Script),
        ("uvx --from . kiln", Why::Script),
        ("uvx --frobnicate kiln", Why::UnknownOption),
        ("uvx -i https://packages.example kiln", Why::OtherIndex),
        ("pipx run --pip-args --index-url=https://packages.example kiln", Why::OtherIndex),
        ("python -m kiln_clock --zone UTC", Why::Module),
        ("python3.12 /srv/kiln.py", Why::Script),
        ("npx tsx /srv/kiln.ts", Why::Script),
        ("npx -y nodemon --watch src kiln.js", Why::Script),
        ("npx somebody server.js", Why::Script),
        ("npx server.js", Why::Script),
        ("npx ../kiln", Why::Script),
        ("./npx kiln", Why::Program),
        ("tools/npx kiln", Why::Program),
        ("npx --no-install kiln", Why::Installed),
        ("npx --registry https://packages.example kiln", Why::OtherIndex),
        ("npx --@clay:registry=https://packages.example @clay/kiln", Why::OtherIndex),
        ("npx --frobnicate=often kiln", Why::UnknownOption),
        ("npx -p a -p b kiln", Why::SeveralPackages),
        ("npx -c 'kiln --stdio'", Why::SeveralCommands),
        ("npx", Why::Nothing),
        ("npx 'two words'", Why::NoName),
        ("npm start", Why::Script),
        ("yarn kiln", Why::Script),
        ("bun run /srv/kiln.ts", Why::Script),
        ("deno run ./kiln.ts", Why::Script),
        ("deno run jsr:@clay/kiln", Why::UnknownIndex),
        ("docker exec -i kiln node index.js", Why::Container),
        ("docker compose run kiln", Why::Container),
        ("docker run --frobnicate often clay/kiln", Why::UnknownOption),
        ("docker run -i node:20", Why::Container),
        ("bash -c 'cd /srv && npx kiln'", Why::SeveralCommands),
        ("bash -c 'npx kiln; npx other'", Why::SeveralCommands),
        ("bash /srv/kiln.sh", Why::Script),
        ("bash -c 'npx $(cat name)'", Why::SeveralCommands),
        ("op run npx kiln", Why::Program),
        ("guard.sh --command-args npx -y kiln", Why::Program),
        ("java -jar /srv/kiln.jar", Why::Program),
        ("env", Why::Nothing),
    ] {
        assert_eq!(starts(line), format!("{expected:?}"), "{line}");
    }
}

#[test]
fn bridges_are_looked_through_and_downloads_and_templates_told() {
    for (line, expected) in [
        (
            "npx -y mcp-remote@latest https://kiln.example/mcp?key=planted",
            "https://kiln.example/mcp behind a bridge unpinned",
        ),
        (
            "npx mcp-remote@1.0.0 --header 'X: https://no.example' https://kiln.example/mcp",
            "https://kiln.example/mcp behind a bridge",
        ),
        ("npx mcp-remote@1.0.0 --allow-http https://kiln.example/mcp", "https://kiln.example/mcp behind a bridge"),
        ("npx @clay/mcp-remote@1.0.0 https://kiln.example/mcp", "https://kiln.example/mcp behind a bridge"),
        ("npx supergateway@1.0.0 --sse https://kiln.example/sse", "https://kiln.example/sse behind a bridge"),
        ("npx supergateway@1.0.0 --stdio 'uvx kiln==1'", "pypi:kiln@1 behind a bridge"),
        ("mcp-proxy -H Authorization planted https://kiln.example/sse", "https://kiln.example/sse behind a bridge"),
        ("uvx mcp-proxy==1 --port 7 -- npx kiln@1.0.0", "npm:kiln@1.0.0 behind a bridge"),
        ("uvx mcpo==1 --port 8000 -- uvx kiln==1", "pypi:kiln@1 behind a bridge"),
        (
            "docker run -i clay.example/mcp-proxy:1.0.0 https://kiln.example/sse",
            "https://kiln.example/sse behind a bridge",
        ),
        ("uvx fastmcp==2 run https://kiln.example/mcp", "https://kiln.example/mcp behind a bridge"),
        ("npx mcp-remote@1.0.0", "unsaid behind a bridge"),
        ("npx mcp-remote@1.0.0 ${KILN_URL}", "a template behind a bridge"),
        ("npx -y github:clay/kiln", "a download"),
        ("npx clay/kiln", "a download"),
        ("npx https://kiln.example/kiln.tgz", "a download"),
        ("uvx --from git+https://git.example/clay/kiln kiln", "a download"),
        ("uvx git+https://git.example/clay/kiln@0123456789abcdef0123456789abcdef01234567", "a fixed download"),
        ("uvx 'kiln@git+https://git.example/clay/kiln'", "a download"),
        ("deno run https://kiln.example/mod.ts", "a download"),
        ("go run git.example/clay/kiln@latest", "a download"),
        ("go run git.example/clay/kiln@v1.2.3", "a fixed download"),
        ("npx -y ${KILN}", "a template"),
        ("npx -y @clay/kiln@%KILN_VERSION%", "a template"),
        ("$KILN --stdio", "a template"),
        ("${HOME}/bin/kiln", "Program"),
    ] {
        assert_eq!(starts(line), expected, "{line}");
    }
    let words: Vec<String> = ["bash", "-c", "curl -fsSL https://kiln.example/run.sh | sh"].map(str::to_owned).into();
    assert_eq!(read(&words).starts, Starts::Download { fixed: false });
}

proptest::proptest! {
    #[test]
    fn no_line_makes_it_panic(line in r#"(npx|uvx|docker run|bash -c|env|mcp-proxy)? ?[a-z@/:='"$%\\{} .|;-]{0,40}"#) {
        if let Some(words) = split(&line) {
            let _ = read(&words);
        }
        let _ = super::address(&line, None);
    }
}
