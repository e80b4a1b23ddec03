import { createTheme, type MantineColorsTuple } from "@mantine/core";

const slate: MantineColorsTuple = [
  "#e3e8ea",
  "#bcc6cb",
  "#96a2a9",
  "#6f7b83",
  "#2b3338",
  "#222a2f",
  "#181e22",
  "#11161a",
  "#0d1114",
  "#080b0d",
];

const brand: MantineColorsTuple = [
  "#e6f6f4",
  "#cdebe7",
  "#9fd9d1",
  "#6cc5ba",
  "#43b4a6",
  "#259a8d",
  "#0f7d72",
  "#0c675e",
  "#0a534c",
  "#073f3a",
];

/** Mantine's theme: calm, dense, system fonts, motion only where the system allows it. Colours of data: tokens.css. */
export const theme = createTheme({
  primaryColor: "brand",
  primaryShade: { light: 6, dark: 6 },
  colors: { dark: slate, brand },
  defaultRadius: "sm",
  respectReducedMotion: true,
  cursorType: "pointer",
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "Roboto Mono", "Liberation Mono", monospace',
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.25rem" },
  headings: { fontWeight: "600" },
  components: {
    Button: { defaultProps: { size: "xs", fw: 500 } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray" } },
    TextInput: { defaultProps: { size: "sm" } },
    NumberInput: { defaultProps: { size: "sm" } },
    Select: { defaultProps: { size: "sm" } },
    Tooltip: { defaultProps: { openDelay: 250, withArrow: true, multiline: true } },
    Modal: { defaultProps: { closeButtonProps: { "aria-label": "Close" } } },
    Drawer: {
      defaultProps: {
        closeButtonProps: { "aria-label": "Close" },
        position: "right",
        overlayProps: { backgroundOpacity: 0.25 },
      },
    },
  },
});
