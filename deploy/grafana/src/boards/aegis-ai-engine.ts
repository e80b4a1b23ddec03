import type { Board } from "../board.ts";
import { bars, graph, heatmap, logs, stat } from "../panels.ts";
import { logql, promql, promqlBuckets, promqlNow } from "../query.ts";
import { betterFrom, warnFrom } from "../thresholds.ts";
import { optionalLabelVariable } from "../variable.ts";

const model = `model=~"$model"`;
const inference = `rate(ai_inference_duration_seconds_bucket{${model}}[5m])`;

/** The models: how fast, how sure, how right, and what they find. */
export const aegisAiEngine: Board = {
  folder: "aegis",
  file: "ai-engine",
  uid: "aegis-ai-engine",
  title: "AI Engine",
  description: "Performance of the models and the anomalies that they find.",
  tags: ["aegis", "ai"],
  refresh: "30s",
  from: "now-6h",
  variables: [optionalLabelVariable("model", "Model", "ai_predictions_total")],
  rows: [
    {
      title: "Now",
      panels: [
        stat({
          title: "Predictions",
          description: "Predictions a second.",
          queries: [promql(`sum(rate(ai_predictions_total{${model}}[5m]))`, "predictions")],
          unit: "ops",
        }),
        stat({
          title: "Inference, P95",
          description: "95 of 100 inferences are faster. HighInferenceLatency fires above 1 s.",
          queries: [promql(`histogram_quantile(0.95, sum by (le) (${inference}))`, "P95")],
          unit: "s",
          thresholds: warnFrom(0.5, 1),
        }),
        stat({
          title: "Accuracy",
          description: "How often the models are right, on average.",
          queries: [promql(`avg(ai_model_accuracy{${model}})`, "accuracy")],
          unit: "percentunit",
          decimals: 1,
          thresholds: betterFrom(0.8, 0.9),
        }),
        stat({
          title: "Anomalies",
          description: "Anomalies found in an hour.",
          queries: [promql("sum(increase(ai_anomalies_detected_total[1h]))", "anomalies")],
          unit: "short",
          decimals: 0,
          thresholds: warnFrom(10, 50),
        }),
      ],
    },
    {
      title: "Models",
      panels: [
        graph({
          title: "Predictions by model",
          description: "Predictions a second of each model.",
          queries: [promql(`sum by (model) (rate(ai_predictions_total{${model}}[$__rate_interval]))`, "{{model}}")],
          unit: "ops",
          stacked: true,
        }),
        graph({
          title: "Inference, P95 by model",
          description: "95 of 100 inferences of a model are faster. The line is where HighInferenceLatency fires.",
          queries: [promql(`histogram_quantile(0.95, sum by (model, le) (${inference}))`, "{{model}}")],
          unit: "s",
          thresholds: warnFrom(0.5, 1),
          showThresholds: true,
        }),
        heatmap({
          title: "How long inferences take",
          description: "How many inferences took how long.",
          queries: [
            promqlBuckets(`sum by (le) (increase(ai_inference_duration_seconds_bucket{${model}}[$__interval]))`),
          ],
          unit: "s",
        }),
        graph({
          title: "Confidence and accuracy",
          description:
            "How sure the models are of themselves, and how often they are right. Sure and wrong is the worst.",
          queries: [
            promql(`avg by (model) (ai_model_confidence_score{${model}})`, "confidence of {{model}}"),
            promql(`avg by (model) (ai_model_accuracy{${model}})`, "accuracy of {{model}}"),
          ],
          unit: "percentunit",
          min: 0,
          max: 1,
        }),
      ],
    },
    {
      title: "Anomalies",
      panels: [
        graph({
          title: "Anomaly detection rate",
          description: "Anomalies found a second, by severity.",
          queries: [promql("sum by (severity) (rate(ai_anomalies_detected_total[5m]))", "{{severity}}")],
          unit: "ops",
          stacked: true,
        }),
        bars({
          title: "Anomalies in the range",
          description: "How many anomalies were found in all that is shown, by severity.",
          queries: [promqlNow("sum by (severity) (increase(ai_anomalies_detected_total[$__range]))", "{{severity}}")],
          unit: "short",
          decimals: 0,
          width: 12,
        }),
        logs({
          title: "Lines of the AI engine",
          description: "What the AI engine wrote of warning and worse.",
          queries: [logql(`{job="aegis-ai-engine"} | json | level=~"warn.*|error|critical"`)],
        }),
      ],
    },
  ],
};
