import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";
import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  LogsSortOrder,
  ReduceDataOptionsBuilder,
  SortOrder,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  type Panel as GrafanaPanel,
  QueryVariableBuilder,
  RowBuilder,
  TextBoxVariableBuilder,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder as LogBuilder } from "@grafana/grafana-foundation-sdk/logs";
import { DataqueryBuilder as LokiQuery } from "@grafana/grafana-foundation-sdk/loki";
import { DataqueryBuilder as PrometheusQuery, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as FigureBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TableBuilder } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder as LinesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import { annotations } from "./annotations.ts";
import type { Dashboard, Limit, LogPanel, NumberPanel, Panel, Shown, Source, Variable } from "./dashboard.ts";

/** Those of no alert begin here, so that an alert's panel never changes its number. */
const firstFreeId = 101;
/** Rows have numbers too. */
const firstRowId = 1001;

/** Every dashboard has it: the others are one click away. */
const commonTag = "trading-platform";

/** Heights of Grafana's grid, of about 30 pixels each. */
const heights: Readonly<Record<Panel["kind"], number>> = { lines: 8, figure: 4, table: 8, log: 12 };

/** A dashboard as Grafana reads it from a file. */
export function dashboardJson(dashboard: Dashboard, shown: Shown): string {
  const { uid, title, description, variables, rows } = dashboard;
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([commonTag])
    .readonly()
    .timezone("utc")
    .time({ from: "now-3h", to: "now" })
    .refresh("30s")
    .tooltip(DashboardCursorSync.Crosshair)
    .link(
      new DashboardLinkBuilder("Dashboards")
        .type(DashboardLinkType.Dashboards)
        .tags([commonTag])
        .asDropdown(true)
        .keepTime(true),
    )
    .variables(variables.map(variable))
    .annotations(annotations(shown));
  let id = firstFreeId;
  for (const [index, row] of rows.filter(({ panels }) => panels.length > 0).entries()) {
    builder.withRow(new RowBuilder(row.title).id(firstRowId + index));
    for (const panel of row.panels) builder.withPanel(drawn(panel, panel.id ?? id++));
  }
  return `${JSON.stringify(builder.build(), null, 1)}\n`;
}

function drawn(panel: Panel, id: number): Builder<GrafanaPanel> {
  const look = panel.kind === "log" ? logLook(panel) : numberLook(panel);
  return look.id(id).title(panel.title).description(panel.description).span(panel.width).height(heights[panel.kind]);
}

const numberLook = (panel: NumberPanel) =>
  looks[panel.kind]()
    .datasource(dataSource(panel.source))
    .unit(panel.unit)
    .thresholds(thresholds(panel.limits))
    .targets(panel.queries.map((query, index) => target(panel, query, "ABCDEFGH"[index] ?? "I")));

const looks = {
  lines: () =>
    new LinesBuilder()
      .fillOpacity(5)
      .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed))
      .legend(
        new VizLegendOptionsBuilder()
          .showLegend(true)
          .displayMode(LegendDisplayMode.List)
          .placement(LegendPlacement.Bottom),
      )
      .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending)),
  figure: () =>
    new FigureBuilder()
      .graphMode(BigValueGraphMode.Area)
      .colorMode(BigValueColorMode.Background)
      .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"])),
  table: () => new TableBuilder().showHeader(true),
} as const;

const logLook = (panel: LogPanel) =>
  new LogBuilder()
    .datasource(dataSource("loki"))
    .showTime(true)
    .wrapLogMessage(true)
    .enableLogDetails(true)
    .sortOrder(LogsSortOrder.Descending)
    .targets([new LokiQuery().refId("A").datasource(dataSource("loki")).queryType("range").expr(panel.query)]);

function target(
  { kind, source }: NumberPanel,
  { expression, legend }: NumberPanel["queries"][number],
  refId: string,
): Builder<Dataquery> {
  if (source === "loki") {
    const query = new LokiQuery().refId(refId).datasource(dataSource(source)).expr(expression).legendFormat(legend);
    return kind === "table" ? query.queryType("instant") : query.queryType("range");
  }
  const query = new PrometheusQuery().refId(refId).datasource(dataSource(source)).expr(expression);
  return kind === "table" ? query.format(PromQueryFormat.Table).instant() : query.legendFormat(legend).range();
}

export const dataSource = (source: Source) => ({ type: source, uid: source });

const colors = { critical: "red", warning: "orange", none: "blue" } as const;

/** Steps from below: each color holds from its value on. */
function thresholds(limits: readonly Limit[]): ThresholdsConfigBuilder {
  const below = limits.find(({ isBad }) => isBad === "below");
  const steps: readonly Threshold[] = [
    { value: null, color: below === undefined ? "green" : colors[below.severity] },
    ...(below === undefined ? [] : [{ value: below.value, color: "green" }]),
    ...limits
      .filter(({ isBad }) => isBad === "above")
      .map(({ value, severity }) => ({ value, color: colors[severity] })),
  ];
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([...steps]);
}

function variable(chosen: Variable): Builder<VariableModel> {
  if (chosen.kind === "text") {
    return new TextBoxVariableBuilder(chosen.name)
      .label(chosen.title)
      .defaultValue(chosen.initial)
      .current({ text: chosen.initial, value: chosen.initial });
  }
  const { name, title, source, label, of } = chosen;
  return (
    new QueryVariableBuilder(name)
      .label(title)
      .datasource(dataSource(source))
      .query(
        source === "prometheus"
          ? { query: `label_values(${of}, ${label})`, refId: "A" }
          : // The type is that of "values of a label" in Grafana's own editor of Loki variables.
            { label, stream: of, type: 1, refId: "A" },
      )
      .multi(true)
      .includeAll(true)
      // Also series that lack the label are among all.
      .allValue(".*")
      .current({ text: "All", value: "$__all" })
      .refresh(VariableRefresh.OnTimeRangeChanged)
      .sort(VariableSort.AlphabeticalAsc)
  );
}
