from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0014_everybody_into_search")]

    operations = [
        migrations.AlterField(
            model_name="property",
            name="type",
            field=models.CharField(
                choices=[
                    ("text", "text"),
                    ("number", "number"),
                    ("date", "date"),
                    ("collection", "collection"),
                    ("boolean", "boolean"),
                ],
                max_length=10,
            ),
        ),
    ]
