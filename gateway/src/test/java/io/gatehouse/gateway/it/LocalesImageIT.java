package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Client.Answer;
import io.gatehouse.gateway.support.GatehouseImage;
import io.gatehouse.gateway.support.PlainSsh;
import io.gatehouse.gateway.support.TerminalClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.containers.GenericContainer;

/**
 * Tests the languages that an admin sets for the container, and one that does not exist, in every
 * kind of login.
 */
@Tag("image")
@Tag("full")
final class LocalesImageIT {

  private static final String VOLUME = "gatehouse-locales-it-" + UUID.randomUUID();

  @TempDir private static Path folder;

  private static GenericContainer<?> container;
  private static Client heidi;

  @BeforeAll
  static void start() {
    container =
        GatehouseImage.start(
            VOLUME,
            Map.of(
                "OPEN_TERMINAL_API_KEY",
                "k",
                "OPEN_TERMINAL_USER_ISOLATION",
                "true",
                "LANG",
                "de_DE.UTF-8",
                "LC_MEASUREMENT",
                "sr_RS.UTF-8@latin",
                "LC_COLLATE",
                "C",
                "LC_MONETARY",
                "xx_YY.UTF-8",
                "LC_PAPER",
                "de_DE",
                "GATEHOUSE_LOCALES",
                "tr_TR.UTF-8 ../../etc/passwd, hi_IN"));
    heidi = GatehouseImage.client(container, "k").user("heidi");
  }

  @AfterAll
  static void stop() {
    if (container != null) {
      container.stop();
      GatehouseImage.removeVolume(VOLUME);
    }
  }

  /** perl and bash print a warning for a locale that does not exist. */
  private static final String SHOW =
      "{ locale charmap; echo ${LC_MONETARY-none} ${LC_PAPER-none} $LC_MEASUREMENT $LC_COLLATE;"
          + " date -d 2026-03-05 +%A,\\ %B; perl -e 'print qq(perl\\n)'; bash -c 'echo bash';"
          + " python -c 'import locale as l; l.setlocale(l.LC_ALL, str());"
          + " print(l.format_string(\"%.2f\", 1234.5, grouping=True))';"
          + " printf 'a\\nZ\\n' | sort | tr '\\n' ' '; } 2>&1; echo";

  private static final String SHOWN =
      "UTF-8\nnone none sr_RS.UTF-8@latin C\nDonnerstag, März\nperl\nbash\n1.234,50\nZ a \n";

  @Test
  void reachCommands() {
    assertThat(heidi.run(SHOW).output()).isEqualTo(SHOWN);
  }

  @Test
  void reachTerminals() {
    String id = heidi.send("POST", "/api/terminals", null).json().path("id").asText();
    try (TerminalClient terminal =
        TerminalClient.connect(GatehouseImage.address(container), id, "heidi")
            .auth("k")
            .resize(200, 30)) {
      assertThat(
              new String(
                  terminal.run(SHOW).getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8))
          .isEqualTo(SHOWN);
    }
  }

  @Test
  void reachPeopleWhoLogIn() throws IOException {
    Path key = folder.resolve("heidi");
    PlainSsh.makeKey(key, "heidi");
    PlainSsh.letIn(heidi, key);
    assertThat(GatehouseImage.ssh(container, key, "heidi", SHOW)).isEqualTo(SHOWN);
  }

  @Test
  void areToldOnceWhereTheyCannotBeHadAndDoNotEndTheStart() {
    String right =
        ", which must be a UTF-8 locale of Debian's list (/usr/share/i18n/SUPPORTED), such as"
            + " de_DE.UTF-8; ";
    assertThat(container.getLogs())
        .containsOnlyOnce(
            "gatehouse: LC_MONETARY names xx_YY.UTF-8" + right + "users do not get LC_MONETARY\n")
        .containsOnlyOnce("gatehouse: LC_PAPER names de_DE" + right)
        .containsOnlyOnce(
            "gatehouse: GATEHOUSE_LOCALES names ../../etc/passwd" + right + "it is not made\n")
        .doesNotContain("cannot change locale")
        .doesNotContain("password");
  }

  /** The locales that the admin lists. */
  @Test
  void canBeChosenByUsers() {
    String show = "date -d 2026-03-05 +%A; perl -e 1";
    for (String chosen : new String[] {"tr_TR.UTF-8", "tr_TR.utf8"}) {
      assertThat(heidi.run(Map.of("command", show, "env", Map.of("LC_ALL", chosen))).output())
          .isEqualTo("Perşembe\n");
    }
    assertThat(heidi.run("LC_ALL=hi_IN " + show).output()).isEqualTo("गुरुवार\n");
  }

  /** A decimal comma in a number would begin another cell of a table. */
  @Test
  void changeNothingThatTheGatewayReads() {
    Answer made =
        heidi.run(
            """
            python - <<'E'
            import zipfile
            main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
            office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
            package = 'http://schemas.openxmlformats.org/package/2006/'
            kind = 'application/vnd.openxmlformats-officedocument.spreadsheetml.'
            parts = {
              '[Content_Types].xml': f'<Types xmlns="{package}content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                f'<Override PartName="/xl/workbook.xml" ContentType="{kind}sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="{kind}styles+xml"/></Types>',
              '_rels/.rels': f'<Relationships xmlns="{package}relationships"><Relationship Id="r" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
              'xl/workbook.xml': f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="S" sheetId="1" r:id="r"/></sheets></workbook>',
              'xl/_rels/workbook.xml.rels': f'<Relationships xmlns="{package}relationships"><Relationship Id="r" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="s" Type="{office}/styles" Target="styles.xml"/></Relationships>',
              'xl/styles.xml': f'<styleSheet xmlns="{main}"><fonts><font/></fonts><fills><fill/></fills><borders><border/></borders><cellStyleXfs><xf/></cellStyleXfs><cellXfs><xf/></cellXfs></styleSheet>',
              'xl/worksheets/sheet1.xml': f'<worksheet xmlns="{main}"><sheetData><row r="1"><c r="A1"><v>1234.5</v></c></row></sheetData></worksheet>',
            }
            with zipfile.ZipFile('numbers.xlsx', 'w') as file:
                for name, text in parts.items():
                    file.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + text)
            E
            """);
    assertThat(made.exitCode()).as(made.body()).isZero();
    assertThat(heidi.get("/files/read?path=numbers.xlsx").body())
        .contains("1234.5")
        .doesNotContain("1234,5");
    assertThat(
            container
                .getLogs()
                .lines()
                .filter(line -> line.contains("locale") && !line.contains(" names ")))
        .isEmpty();
  }
}
